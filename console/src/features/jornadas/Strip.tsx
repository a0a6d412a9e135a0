// A day as a bar: worked, breaks, extra, and what is going on now. Its words stand beside it.
import type { Piece } from "./model";

export function Strip({ pieces, hours: [from, until] }: { pieces: Piece[]; hours: [number, number] }) {
    const place = (minutes: number) => `${(Math.max(0, Math.min(1, (minutes / 60 - from) / (until - from))) * 100).toFixed(2)}%`;
    return (
        <span className="strip" aria-hidden>
            {pieces.map((piece, index) => (
                <i key={index} className={`strip-${piece.kind}`} style={{ left: place(piece.from), right: `calc(100% - ${place(piece.until)})` }} />
            ))}
        </span>
    );
}
