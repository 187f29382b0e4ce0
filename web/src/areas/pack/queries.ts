import { useQuery } from '@tanstack/react-query'
import { api, body, type Schema } from '@/api/client'

export type PackBody = Schema<'PackBody'>
export type PackQuestion = Schema<'PackQuestion'>
export type PackDraft = Schema<'PackDraft'>

/** A shop's pack as agents read it; version 0 is the one in force. */
export const usePack = (shop: string, version: number) =>
  useQuery({
    queryKey: ['packs', shop, 'read', version],
    queryFn: () => body(api.GET('/api/v1/shops/{id}/pack', { params: { path: { id: shop }, query: { version } } })),
  })
export const usePackDraft = (shop: string) =>
  useQuery({
    queryKey: ['packs', shop, 'draft'],
    queryFn: () => body(api.GET('/api/v1/shops/{id}/pack/draft', { params: { path: { id: shop } } })),
    refetchOnWindowFocus: false,
  })
export const usePackVersions = (shop: string) =>
  useQuery({
    queryKey: ['packs', shop, 'versions'],
    queryFn: () => body(api.GET('/api/v1/shops/{id}/pack/versions', { params: { path: { id: shop } } })),
    select: (l) => l.items,
  })
export const usePackProgress = (shop: string) =>
  useQuery({
    queryKey: ['packs', shop, 'progress'],
    queryFn: () => body(api.GET('/api/v1/shops/{id}/pack/progress', { params: { path: { id: shop } } })),
    refetchInterval: 15_000,
  })

/** The packs that I have to do with. */
export const useMyPacks = () =>
  useQuery({
    queryKey: ['packs', 'mine'],
    queryFn: () => body(api.GET('/api/v1/me/packs')),
    refetchInterval: 60_000,
    select: (l) => l.items,
  })
