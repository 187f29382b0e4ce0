/**
 * scan reads a QR code as a telephone does that sees it whole: bytes, level M, up to version 6 (ISO/IEC 18004). dark tells each module of
 * a square without its margin.
 */
export function scan(dark: boolean[][]): string {
  const size = dark.length
  const version = (size - 17) / 4
  const at = (x: number, y: number) => Number(dark[y]![x])
  const format =
    [0, 1, 2, 3, 4, 5, 7, 8]
      .map((x) => at(x, 8))
      .concat([7, 5, 4, 3, 2, 1, 0].map((y) => at(8, y)))
      .reduce((n, bit) => (n << 1) | bit, 0) ^ 0b101010000010010
  if (format >> 13 !== 0) throw new Error('not of level M')
  const masks: ((x: number, y: number) => boolean)[] = [
    (x, y) => (x + y) % 2 === 0,
    (_, y) => y % 2 === 0,
    (x) => x % 3 === 0,
    (x, y) => (x + y) % 3 === 0,
    (x, y) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0,
    (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
    (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
    (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
  ]
  const mask = masks[(format >> 10) & 7]!
  const far = size - 7 // the centre of the one alignment pattern
  const reserved = (x: number, y: number) =>
    x === 6 ||
    y === 6 ||
    (x < 9 && y < 9) ||
    (x < 9 && y >= size - 8) ||
    (y < 9 && x >= size - 8) ||
    (version > 1 && Math.abs(x - far) <= 2 && Math.abs(y - far) <= 2)

  const bits: number[] = []
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5 // the timing column
    for (let i = 0; i < size; i++) {
      const y = up ? size - 1 - i : i
      for (const x of [right, right - 1]) if (!reserved(x, y)) bits.push(at(x, y) ^ Number(mask(x, y)))
    }
  }
  const words = Array.from({ length: bits.length >> 3 }, (_, i) => bits.slice(i * 8, i * 8 + 8).reduce((n, bit) => (n << 1) | bit, 0))

  const [blocks, each] = [
    [1, 16],
    [1, 28],
    [1, 44],
    [2, 32],
    [2, 43],
    [4, 27],
  ][version - 1]! as [number, number] // of data; what follows corrects errors
  const data = Array.from({ length: blocks * each }, (_, i) => words[(i % each) * blocks + Math.floor(i / each)]!).flatMap((w) => [
    w >> 4,
    w & 15,
  ])
  if (data[0] !== 0b0100) throw new Error('not bytes')
  const length = data[1]! * 16 + data[2]!
  return new TextDecoder().decode(Uint8Array.from({ length }, (_, i) => data[3 + 2 * i]! * 16 + data[4 + 2 * i]!))
}

/** modulesOf are the modules of the code as it is drawn: one square path each, with a margin of four. */
export function modulesOf(svg: string): boolean[][] {
  const side = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]) - 8
  const dark = Array.from({ length: side }, () => Array<boolean>(side).fill(false))
  for (const [, x, y] of svg.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) dark[Number(y) - 4]![Number(x) - 4] = true
  return dark
}
