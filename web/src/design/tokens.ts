// Every colour there is, by name, light and dark. The theme of antd, the CSS variables and the charts are made of them;
// no page writes a colour of its own.
export const light = {
  canvas: '#F5F5F2', surface: '#FFFFFF', sunken: '#F0F0EC', raised: '#FFFFFF',
  line: '#E4E4DE', lineStrong: '#C8C8C0', control: '#8B8D86',
  text: '#1B1D22', text2: '#50535B', text3: '#666972', onAccent: '#FFFFFF',
  accent: '#3A4FC9', accentHover: '#2E41AE', accentSoft: '#ECEEFB', accentLine: '#BFC7F1', accentText: '#3144B4',
  ok: '#24786B', okSoft: '#E2F1ED', okText: '#17655A',
  late: '#BD7800', lateSoft: '#FBF0D9', lateText: '#7F4F00',
  miss: '#B5261A', missSoft: '#FBE8E4', missText: '#A02015',
  open: '#74777F', openSoft: '#EFEFEB', openText: '#50535B',
  info: '#3A4FC9', infoSoft: '#ECEEFB', infoText: '#3144B4',
  chart1: '#3A4FC9', chart2: '#24786B', chart3: '#BD7800', chart4: '#8A5A9E', chartMuted: '#A9ACA6', band: 'rgba(58,79,201,.13)', grid: '#ECECE7',
  lateWash: '#F5D690', ramp0: '#F0F0EC', ramp1: '#F7DDD3', ramp2: '#EDAE99', ramp3: '#D96F55', ramp4: '#A82317',
  shadow1: '0 1px 2px rgba(27,29,34,.05)', shadow2: '0 4px 16px rgba(27,29,34,.10), 0 1px 3px rgba(27,29,34,.08)',
}
export type Tokens = typeof light

export const dark: Tokens = {
  canvas: '#0D0F12', surface: '#14171B', sunken: '#0F1215', raised: '#1C2026',
  line: '#262B32', lineStrong: '#3B424C', control: '#6C7480',
  text: '#EDEFF2', text2: '#B0B6C0', text3: '#8C94A0', onAccent: '#FFFFFF',
  accent: '#5468E0', accentHover: '#6478EA', accentSoft: '#1E2442', accentLine: '#3A478C', accentText: '#A5B1FF',
  ok: '#3FA392', okSoft: '#12302B', okText: '#6FCDBD',
  late: '#E3A32B', lateSoft: '#362709', lateText: '#F0BC55',
  miss: '#F2604A', missSoft: '#421A14', missText: '#FF9785',
  open: '#7C8490', openSoft: '#1E2328', openText: '#B0B6C0',
  info: '#7F90F5', infoSoft: '#1E2442', infoText: '#A5B1FF',
  chart1: '#7F90F5', chart2: '#3FA392', chart3: '#E3A32B', chart4: '#B98BCB', chartMuted: '#5B626C', band: 'rgba(127,144,245,.20)', grid: '#20252B',
  lateWash: '#5E430F', ramp0: '#1A1E23', ramp1: '#43201A', ramp2: '#7A3024', ramp3: '#AE4231', ramp4: '#F2604A',
  shadow1: '0 1px 2px rgba(0,0,0,.4)', shadow2: '0 6px 20px rgba(0,0,0,.5)',
}
