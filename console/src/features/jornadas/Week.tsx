// A week of everybody: each day from–to, its sum, its strip and one mark in words; a day opens its punches.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { Clock } from "lucide-react";
import { useFormat } from "~/app/format";
import { formatIn } from "~/app/formats";
import { Beside } from "~/app/frame/Beside";
import { Page } from "~/app/frame/Page";
import { Button, EmptyState, useNarrow } from "~/ui";
import { mondayOf, stepped, weekOf } from "./civil";
import { DayDrawer } from "./DayDrawer";
import { MarkOf } from "./marks";
import { type Day, extraOf, isGoingOn, localTime, marksOf, minutesOf, strip, type Timesheet } from "./model";
import { SpanStepper } from "./SpanStepper";
import { Strip } from "./Strip";
import { Tools } from "./Tools";
import type { Search } from "./routes";
import { useSheets } from "./useSheets";
import "./jornadas.css";

const route = getRouteApi("/jornadas/semana");

export function Week() {
    const { t } = useLingui();
    const format = useFormat();
    const search = route.useSearch();
    const navigate = route.useNavigate();
    const narrow = useNarrow();
    const civil = formatIn(format.locale, "UTC");
    const days = weekOf(search.fecha ?? format.day(Date.now()));
    const [from = "", to = ""] = [days[0], days[6]];
    const { sheets, shown, counts, hours, today, now } = useSheets(from, to, search);
    const go = (change: Partial<Search>) => void navigate({ search: (before: Search) => ({ ...before, ...change }) });
    const thisWeek = mondayOf(today);
    const open = shown.find((sheet) => sheet.employee === search.persona);
    const openDay = open?.days.find((day) => day.date === search.dia);
    const close = () => {
        go({ persona: undefined, dia: undefined, marcacion: undefined });
        requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-cell="${search.persona}:${search.dia}"]`)?.focus());
    };
    const label = `${civil.shortDate(`${from}T12:00:00Z`)} – ${civil.date(`${to}T12:00:00Z`)}`;
    return (
        <Page
            section={t`Jornadas`}
            title={t`Semana`}
            className="page-fill"
            bar={<SpanStepper label={label} before={t`Semana anterior`} after={t`Semana siguiente`} isNow={from === thisWeek} onStep={(by) => go({ fecha: stepped(from, by * 7) })} onNow={() => go({ fecha: undefined })} />}
        >
            <Beside drawer={open && openDay && <DayDrawer key={`${open.employee}:${openDay.date}`} sheet={open} day={openDay} today={today} chosen={search.marcacion} onChoose={(marcacion) => go({ marcacion })} onClose={close} />}>
                <Tools search={search} from={from} to={to} counts={counts} go={go} />
                {shown.length === 0 ? (
                    <EmptyState icon={Clock} title={sheets.length === 0 ? t`Nadie en esta vista` : t`Ninguna jornada con esta marca`} acts={(search.grupo || search.marcas) && <Button onPress={() => go({ grupo: undefined, marcas: undefined })}>{t`Quitar filtros`}</Button>}>
                        {sheets.length === 0 ? <Trans>Las jornadas aparecen con las marcaciones de los teléfonos. Quién está en el equipo se ve en Equipo.</Trans> : plural(sheets.length, { one: "Hay # persona en la semana.", other: "Hay # personas en la semana." })}
                    </EmptyState>
                ) : (
                    <>
                        {!narrow && <Legend people={shown.length} hours={hours} />}
                        <div className="week-box" tabIndex={-1}>
                            <table className="week">
                                <caption className="hidden-text">{t`Jornadas de la semana`}</caption>
                                <thead>
                                    <tr>
                                        <th scope="col" className="who">
                                            <Trans>Persona</Trans>
                                        </th>
                                        {days.map((day) => (
                                            <th key={day} scope="col" className={day === today ? "is-today" : undefined}>
                                                <b>{civil.weekday(`${day}T12:00:00Z`)}</b>
                                                {civil.shortDate(`${day}T12:00:00Z`)}
                                            </th>
                                        ))}
                                        <th scope="col" className="sum">
                                            <b>
                                                <Trans>Semana</Trans>
                                            </b>
                                            <Trans>trabajado</Trans>
                                        </th>
                                    </tr>
                                </thead>
                                <tbody>
                                    {shown.map((sheet) => (
                                        <Row key={sheet.employee} sheet={sheet} today={today} now={now} hours={hours} current={search.persona === sheet.employee ? search.dia : undefined} onOpen={(day) => go({ persona: sheet.employee, dia: day, marcacion: undefined })} />
                                    ))}
                                </tbody>
                            </table>
                        </div>
                    </>
                )}
            </Beside>
        </Page>
    );
}

function Row({ sheet, today, now, hours, current, onOpen }: { sheet: Timesheet; today: string; now: number; hours: [number, number]; current?: string; onOpen: (day: string) => void }) {
    const format = useFormat();
    const extra = extraOf(sheet.totals);
    return (
        <tr>
            <th scope="row" className="who">
                <b dir="auto">{sheet.name}</b>
                <small>{sheet.number}</small>
            </th>
            {sheet.days.map((day) => {
                const empty = day.shifts.length === 0 && !day.loose?.length && !day.adjustments?.length;
                return (
                    <td key={day.date} className={empty ? "empty-day" : undefined}>
                        {!empty && <Cell name={sheet.name} day={day} today={today} now={now} hours={hours} current={current === day.date} place={`${sheet.employee}:${day.date}`} onOpen={() => onOpen(day.date)} />}
                    </td>
                );
            })}
            <td className="sum">
                <b>{format.minutes(minutesOf(sheet.totals.worked_us))}</b>
                {extra > 0 && (
                    <>
                        <br />
                        <small>+ {format.minutes(minutesOf(extra))}</small>
                    </>
                )}
            </td>
        </tr>
    );
}

function Cell({ name, day, today, now, hours, current, place, onOpen }: { name: string; day: Day; today: string; now: number; hours: [number, number]; current: boolean; place: string; onOpen: () => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const civil = formatIn(format.locale, "UTC");
    const marks = marksOf(day, today);
    const first = day.shifts[0];
    const last = day.shifts.at(-1);
    const going = isGoingOn(day, today);
    const span = !first ? t`sin jornada` : going ? t`desde ${localTime(first.start)}` : `${localTime(first.start)}–${last?.end ? localTime(last.end) : "?"}`;
    const worked = format.minutes(minutesOf(day.totals.worked_us));
    const extra = format.minutes(minutesOf(extraOf(day.totals)));
    const [mark] = marks;
    return (
        <button type="button" className="cell" data-cell={place} aria-pressed={current} onClick={onOpen}>
            <span className="whose">{`${name}, ${civil.longDay(`${day.date}T12:00:00Z`)}: `}</span>
            <span className="line">
                <span>{span}</span>
                <b>{day.totals.worked_us > 0 ? worked : "—"}</b>
            </span>
            <Strip pieces={strip(day, today, now)} hours={hours} />
            {mark && <MarkOf mark={mark} word={mark === "extra" ? t`${extra} extra` : undefined} />}
        </button>
    );
}

function Legend({ people, hours }: { people: number; hours: [number, number] }) {
    const { t } = useLingui();
    const keys = [
        ["work", t`trabajado`],
        ["pause", t`pausa`],
        ["extra", t`extra`],
        ["now", t`en jornada ahora`],
    ] as const;
    return (
        <div className="legend">
            <b>{plural(people, { one: "# persona", other: "# personas" })}</b>
            {keys.map(([kind, word]) => (
                <span key={kind} className="key">
                    <span className="strip" aria-hidden>
                        <i className={`strip-${kind}`} />
                    </span>
                    {word}
                </span>
            ))}
            <span className="grow" />
            <span>{t`${hours[0]} a ${hours[1]} h, hora de cada persona`}</span>
        </div>
    );
}
