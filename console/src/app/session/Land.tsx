/** Horizon, sun, furrows. Flat. */
export function Land() {
    return (
        <svg viewBox="0 0 880 900" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
            <circle cx="590" cy="452" r="92" fill="var(--sun)" />
            <path d="M0 470C90 430 150 372 236 372c70 0 120 92 206 106 96 16 160-40 250-30 80 8 130 44 188 40v412H0z" fill="var(--far)" />
            <path d="M0 560c130-50 240-46 372-8s320 40 508-44v392H0z" fill="var(--mid)" />
            <path d="M0 650C180 574 420 562 620 612s200 42 260 30v258H0z" fill="var(--near)" />
            <g stroke="var(--furrow)" strokeWidth="3" fill="none">
                <path d="M0 680C180 604 420 592 620 642S820 684 880 672" />
                <path d="M0 712C180 639 420 627 620 674S820 716 880 704" />
                <path d="M0 756C180 686 420 674 620 718S820 760 880 748" />
                <path d="M0 812C180 745 420 733 620 774S820 816 880 804" />
                <path d="M0 880C180 816 420 804 620 842S820 884 880 872" />
                <path d="M0 960C180 899 420 887 620 922S820 964 880 952" />
            </g>
        </svg>
    );
}
