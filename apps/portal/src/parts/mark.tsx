/** The sign of the house: a lamp over the water. */
export function Mark(props: { readonly size?: number }) {
  const size = props.size ?? 30;
  return (
    <svg aria-hidden="true" focusable="false" width={size} height={size} viewBox="0 0 32 32" fill="none">
      <circle cx="16" cy="11" r="6" fill="#f4c66b" />
      <path
        d="M3 20c3.200 0 3.200 2.200 6.500 2.200S12.700 20 16 20s3.200 2.200 6.500 2.200S25.700 20 29 20"
        stroke="currentColor"
        strokeWidth="2.400"
        strokeLinecap="round"
      />
      <path
        d="M6.500 26.500c2.400 0 2.400 1.700 4.800 1.700s2.400-1.700 4.700-1.700 2.400 1.700 4.800 1.700 2.400-1.700 4.700-1.700"
        stroke="#9fd0d6"
        strokeWidth="2"
        strokeLinecap="round"
      />
    </svg>
  );
}
