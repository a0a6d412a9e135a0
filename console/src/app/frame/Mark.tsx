/** The sign of Campo: the sun over furrows. */
export function Mark({ size }: { size: number }) {
    return (
        <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" className="mark">
            <rect width="24" height="24" rx="6" fill="var(--accent)" />
            <path d="M7 11.5a5 5 0 0 1 10 0z" fill="var(--on-accent)" />
            <path d="M4.5 14.5h15M6.5 17.25h11M9 20h6" stroke="var(--on-accent)" strokeWidth="1.5" strokeLinecap="round" />
        </svg>
    );
}
