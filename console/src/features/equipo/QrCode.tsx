// A QR code, drawn as one path: it prints sharp and needs no picture.
import { create } from "qrcode";
import { useMemo } from "react";

/** Modules of white around it, as readers want it. */
const QUIET = 4;

export function QrCode({ text, label }: { text: string; label: string }) {
    const { size, path } = useMemo(() => drawn(text), [text]);
    const whole = size + 2 * QUIET;
    return (
        <svg role="img" aria-label={label} viewBox={`0 0 ${whole} ${whole}`} width="180" height="180" shapeRendering="crispEdges">
            <rect width={whole} height={whole} fill="#fff" />
            <path d={path} fill="#000" />
        </svg>
    );
}

export function drawn(text: string): { size: number; path: string } {
    const { modules } = create(text, { errorCorrectionLevel: "M" });
    const parts: string[] = [];
    for (let row = 0; row < modules.size; row += 1) {
        for (let column = 0; column < modules.size; column += 1) {
            if (modules.get(row, column)) parts.push(`M${column + QUIET} ${row + QUIET}h1v1h-1z`);
        }
    }
    return { size: modules.size, path: parts.join("") };
}
