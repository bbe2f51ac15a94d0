const PATHS = {
  check: 'M5 12.500l4.500 4.500L19 7.500',
  cross: 'M6 6l12 12M18 6L6 18',
  warning: 'M12 4l9 16H3zM12 10v4.500M12 17.500v.01',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.500M12 7.500v.01',
  key: 'M12 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM12 12h9M17.500 12v3.500M21 12v3',
  shield:
    'M12 3l7.500 3v5.500c0 4.500-3 8-7.500 9.500-4.500-1.500-7.500-5-7.500-9.500V6zM8.500 12l2.500 2.500 4.500-5',
  eye: 'M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  pause: 'M9 6v12M15 6v12',
  play: 'M8 5.500l10.500 6.500L8 18.500z',
  stop: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM6 6l12 12',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l4.500 4.500',
  chevron: 'M9 5.500l6.500 6.500L9 18.500',
  menu: 'M4 7h16M4 12h16M4 17h16',
  device:
    'M8 3h8a1.500 1.500 0 0 1 1.500 1.500v15A1.500 1.500 0 0 1 16 21H8a1.500 1.500 0 0 1-1.500-1.500v-15A1.500 1.500 0 0 1 8 3zM11 18h2',
  print: 'M7 9V4h10v5M7 17H4.500v-7h15v7H17M7 14h10v6H7z',
  file: 'M7 3h7l4 4v14H7zM14 3v4h4',
  folder: 'M3.500 6h6l2 2.500h9V19h-17z',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20c1-4 4-5.500 7.500-5.500s6.500 1.500 7.500 5.500',
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing beside words; it never stands alone, so it is hidden from assistive technology. */
export function Icon(props: { readonly name: IconName; readonly size?: number }) {
  const size = props.size ?? 20;
  return (
    <svg aria-hidden="true" focusable="false" width={size} height={size} viewBox="0 0 24 24" fill="none">
      <path
        d={PATHS[props.name]}
        stroke="currentColor"
        strokeWidth="1.900"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
