// Days as curves, one part upon the other, and the same figures as a table for whoever reads rather than looks.
import { Trans } from "@lingui/react/macro";
import "./day-curves.css";

/** `tone` is one of `day-curves.css`; the first part lies at the bottom. */
export type CurvePart = { id: string; label: string; tone: "good" | "changed" | "quiet" | "wait" | "bad" };
export type CurveDay = { id: string; label: string; values: number[] };
type Props = { title: string; head: string; parts: CurvePart[]; days: CurveDay[]; number: (value: number) => string };

const [WIDE, HIGH] = [1000, 40];

/** For each part the area between it and what lies below, and its upper edge. A day stands in the middle of its share of the width. */
export function stacked(days: readonly CurveDay[], places: readonly number[]): { area: string; line: string }[] {
    const sums = days.map(({ values }) => places.reduce((all, place) => all + (values[place] ?? 0), 0));
    const most = Math.max(1, ...sums);
    const x = (at: number) => ((at + 0.5) / days.length) * WIDE;
    const y = (value: number) => HIGH - 1 - (value / most) * (HIGH - 3);
    let below = days.map(() => 0);
    return places.map((place) => {
        const top = days.map(({ values }, at) => (below[at] ?? 0) + (values[place] ?? 0));
        const points = (values: readonly number[]) => values.map((value, at) => `${x(at).toFixed(1)} ${y(value).toFixed(2)}`);
        // A single day is a step as wide as its share.
        const [upper, lower] = days.length === 1 ? [top, below].map(([value = 0]) => [`0 ${y(value).toFixed(2)}`, `${WIDE} ${y(value).toFixed(2)}`]) : [points(top), points(below)];
        below = top;
        return { area: `M${(upper ?? []).join("L")}L${[...(lower ?? [])].reverse().join("L")}Z`, line: `M${(upper ?? []).join("L")}` };
    });
}

export function DayCurves({ title, head, parts, days, number }: Props) {
    const sum = (day: CurveDay) => day.values.reduce((all, value) => all + value, 0);
    const shown = parts.map((part, place) => ({ ...part, place })).filter(({ place }) => days.some((day) => (day.values[place] ?? 0) > 0));
    const words = (day: CurveDay) => [day.label, ...shown.map(({ label, place }) => `${number(day.values[place] ?? 0)} ${label}`)].join(" · ");
    return (
        <figure className="day-curves">
            <figcaption>
                <b>{title}</b>
                {shown.map(({ id, label, tone }) => (
                    <span key={id}>
                        <i className={`tone-${tone}`} aria-hidden /> {label}
                    </span>
                ))}
            </figcaption>
            <div className="day-curves-ground">
                <svg viewBox={`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="none" aria-hidden>
                    {stacked(days, shown.map(({ place }) => place)).map(({ area, line }, at) => (
                        <g key={shown[at]?.id} className={`tone-${shown[at]?.tone}`}>
                            <path d={area} className="area" />
                            <path d={line} className="line" vectorEffect="non-scaling-stroke" />
                        </g>
                    ))}
                </svg>
                {days.map((day, at) => (
                    <span key={day.id} title={words(day)} style={{ left: `${(at / days.length) * 100}%`, width: `${100 / days.length}%` }} aria-hidden />
                ))}
            </div>
            <div className="day-curves-ends" aria-hidden>
                <span>{days[0]?.label}</span>
                <span>{days.at(-1)?.label}</span>
            </div>
            <details>
                <summary>
                    <Trans>En una tabla</Trans>
                </summary>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{head}</th>
                            {shown.map(({ id, label }) => (
                                <th key={id} scope="col">
                                    {label}
                                </th>
                            ))}
                        </tr>
                    </thead>
                    <tbody>
                        {days.filter((day) => sum(day) > 0).map((day) => (
                            <tr key={day.id}>
                                <th scope="row">{day.label}</th>
                                {shown.map(({ id, place }) => (
                                    <td key={id}>{number(day.values[place] ?? 0)}</td>
                                ))}
                            </tr>
                        ))}
                    </tbody>
                </table>
            </details>
        </figure>
    );
}
