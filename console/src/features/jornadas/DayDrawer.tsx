// One day of one person: its punches, the evidence of the one that is chosen, what was corrected, and what can be.
import { Trans, useLingui } from "@lingui/react/macro";
import { Lock, PenLine, Plus } from "lucide-react";
import { useState } from "react";
import { useFormat } from "~/app/format";
import { formatIn } from "~/app/formats";
import { kindLabel } from "~/app/kinds";
import { useMay } from "~/app/session";
import { Button, Drawer, KeyValues, Note, Status } from "~/ui";
import { AddPunch, CorrectPunch } from "./CorrectDialog";
import { Corrections } from "./Corrections";
import { Evidence } from "./Evidence";
import { MarkOf } from "./marks";
import { type Day, extraOf, localTime, marksOf, minutesOf, punchesOf, type Timesheet } from "./model";
import "./jornadas.css";

type Props = { sheet: Timesheet; day: Day; today: string; chosen?: string; onChoose: (punch: string) => void; onClose: () => void };

export function DayDrawer({ sheet, day, today, chosen, onChoose, onClose }: Props) {
    const { t } = useLingui();
    const format = useFormat();
    const mayCorrect = useMay("correct_time");
    const mayEvidence = useMay("view_entries");
    const [asked, ask] = useState<"correct" | "add" | null>(null);
    const punches = punchesOf(day);
    const punch = punches.find(({ id }) => id === chosen) ?? punches[0];
    const { totals } = day;
    const minutes = (micros: number) => (micros === 0 ? undefined : format.minutes(minutesOf(micros)));
    const date = formatIn(format.locale, "UTC").longDay(`${day.date}T12:00:00Z`);
    return (
        <Drawer
            subject={`${sheet.employee}:${day.date}`}
            title={sheet.name}
            top={
                <>
                    <span className="id">{sheet.number}</span>
                    {day.closed_by && (
                        <Status family="past" icon={Lock} pill>
                            {t`Día cerrado`}
                        </Status>
                    )}
                </>
            }
            onClose={onClose}
            head={
                <>
                    <p>{date}</p>
                    <div className="row row-wrap">
                        {marksOf(day, today).map((mark) => (
                            <MarkOf key={mark} mark={mark} pill />
                        ))}
                    </div>
                </>
            }
            foot={
                mayCorrect && (
                    <>
                        <Button icon={PenLine} onPress={() => ask("correct")} reason={punch ? undefined : t`No hay marcaciones que corregir.`}>
                            <Trans>Corregir…</Trans>
                        </Button>
                        <Button icon={Plus} look="quiet" onPress={() => ask("add")}>
                            <Trans>Agregar la que falta…</Trans>
                        </Button>
                    </>
                )
            }
        >
            {day.closed_by && (day.adjustments ?? []).length > 0 && (
                <Note kind="wait">
                    <Trans>Este día estaba cerrado cuando llegó algo más: la diferencia se cuenta en otro día y aquí no cambia nada.</Trans>
                </Note>
            )}
            {punch && <Evidence key={punch.id} punch={punch} zone={sheet.zone} full={mayEvidence} />}
            <div className="dr-sec">
                <h3>
                    <Trans>El día</Trans>
                </h3>
            </div>
            <ul className="punches" aria-label={t`Marcaciones`}>
                {punches.map((one) => (
                    <li key={one.id}>
                        <button type="button" aria-pressed={one.id === punch?.id} onClick={() => onChoose(one.id)}>
                            <b>{localTime(one)}</b>
                            <span>{kindLabel(one.kind)}</span>
                            {one.original && <span className="was">{format.time(one.original.at)}</span>}
                        </button>
                    </li>
                ))}
            </ul>
            {punches.length === 0 && (
                <p className="dim">
                    <Trans>Ese día no tiene marcaciones.</Trans>
                </p>
            )}
            <KeyValues
                facts={[
                    [t`Trabajado`, minutes(totals.worked_us)],
                    [t`Extra`, minutes(extraOf(totals))],
                    [t`De noche`, minutes(totals.night_us)],
                    [t`En día libre`, minutes(totals.free_day_us)],
                    [t`Pausas`, minutes(totals.unpaid_break_us)],
                    [t`Pausas pagadas`, minutes(totals.paid_break_us)],
                    [t`Contado en otro día`, day.settled_elsewhere && minutes(day.settled_elsewhere.worked_us)],
                ]}
            />
            <Corrections day={day} mayAnswer={mayCorrect} />
            {asked === "correct" && punch && <CorrectPunch punch={punch} zone={sheet.zone} onClose={() => ask(null)} />}
            {asked === "add" && <AddPunch employee={sheet.employee} name={sheet.name} date={day.date} zone={sheet.zone} onClose={() => ask(null)} />}
        </Drawer>
    );
}
