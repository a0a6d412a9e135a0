// Days as small bars, and the same figures as a table for whoever reads rather than looks.
import { Trans } from "@lingui/react/macro";
import "./day-bars.css";

/** `tone` is one of `day-bars.css`; the first part stands at the bottom. */
export type BarPart = { id: string; label: string; tone: "good" | "changed" | "quiet" | "wait" | "bad" };
export type BarDay = { id: string; label: string; values: number[] };
type Props = { title: string; head: string; parts: BarPart[]; days: BarDay[]; number: (value: number) => string };

const [WIDE, HIGH] = [10, 40];

export function DayBars({ title, head, parts, days, number }: Props) {
    const sum = (day: BarDay) => day.values.reduce((all, value) => all + value, 0);
    const most = Math.max(1, ...days.map(sum));
    const shown = parts.map((part, place) => ({ ...part, place })).filter(({ place }) => days.some((day) => (day.values[place] ?? 0) > 0));
    const words = (day: BarDay) => [day.label, ...shown.map(({ label, place }) => `${number(day.values[place] ?? 0)} ${label}`)].join(" · ");
    return (
        <figure className="day-bars">
            <figcaption>
                <b>{title}</b>
                {shown.map(({ id, label, tone }) => (
                    <span key={id}>
                        <i className={`tone-${tone}`} aria-hidden /> {label}
                    </span>
                ))}
            </figcaption>
            <svg viewBox={`0 0 ${days.length * WIDE} ${HIGH}`} preserveAspectRatio="none" aria-hidden>
                {days.map((day, at) => {
                    let top = HIGH;
                    return (
                        <g key={day.id}>
                            <title>{words(day)}</title>
                            <rect x={at * WIDE} y={0} width={WIDE} height={HIGH} className="tone-none" />
                            {shown.map(({ id, tone, place }) => {
                                const value = day.values[place] ?? 0;
                                const high = value === 0 ? 0 : Math.max(1.5, (value / most) * (HIGH - 2));
                                top -= high;
                                return high > 0 && <rect key={id} x={at * WIDE + 1} y={Math.max(0, top)} width={WIDE - 2} height={high} className={`tone-${tone}`} />;
                            })}
                        </g>
                    );
                })}
            </svg>
            <div className="day-bars-ends" aria-hidden>
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
