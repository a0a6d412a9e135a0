// When something runs by itself: in words for the usual, as cron for the rest.
import { Trans, useLingui } from "@lingui/react/macro";
import { useWho } from "~/app/session";
import { Checkbox, Select, TextField } from "~/ui";
import { TimeField } from "~/ui/TimeField";
import { type Schedule, WEEK } from "./schedule";

export function useWeekdays(): Record<number, string> {
    const { t } = useLingui();
    return { 1: t`lunes`, 2: t`martes`, 3: t`miércoles`, 4: t`jueves`, 5: t`viernes`, 6: t`sábado`, 0: t`domingo` };
}

export function useScheduleWords(): (schedule: Schedule) => string {
    const { t } = useLingui();
    const weekdays = useWeekdays();
    return ({ how, time, every, weekdays: chosen, day, cron }) => {
        const days = WEEK.filter((each) => chosen.includes(each)).map((each) => weekdays[each]);
        const minute = time.slice(3);
        if (how === "hand") return t`Solo a mano`;
        if (how === "minutes") return t`Cada ${every} minutos`;
        if (how === "hourly") return t`Cada hora, en el minuto ${minute}`;
        if (how === "daily") return t`Cada día a las ${time}`;
        if (how === "monthly") return t`El día ${day} de cada mes a las ${time}`;
        if (how === "weekly" && days.length === 5 && !chosen.includes(6) && !chosen.includes(0)) return t`De lunes a viernes a las ${time}`;
        if (how === "weekly") return t`${days.join(", ")} a las ${time}`;
        return cron;
    };
}

/** `always`: what cannot be left to a person's hand, and is done every few minutes as a rule. */
export function ScheduleField({ label, always, value, onChange, error }: { label?: string; always?: boolean; value: Schedule; onChange: (value: Schedule) => void; error?: string }) {
    const { t } = useLingui();
    const { account } = useWho();
    const weekdays = useWeekdays();
    const set = (change: Partial<Schedule>) => onChange({ ...value, ...change });
    const toggle = (day: number) => set({ weekdays: value.weekdays.includes(day) ? value.weekdays.filter((each) => each !== day) : [...value.weekdays, day] });
    return (
        <>
            <Select
                label={label ?? t`Cuándo se hace`}
                name="schedule"
                options={[
                    ...(always ? [] : [{ id: "hand", label: t`Solo a mano` }]),
                    ...(always || value.how === "minutes" ? [{ id: "minutes", label: t`Cada pocos minutos` }] : []),
                    { id: "hourly", label: t`Cada hora` },
                    { id: "daily", label: t`Cada día` },
                    { id: "weekly", label: t`Algunos días de la semana` },
                    { id: "monthly", label: t`Un día del mes` },
                    { id: "cron", label: t`Otro horario`, detail: t`Como lo escribe cron.` },
                ]}
                value={value.how}
                onChange={(how) => set({ how: how as Schedule["how"] })}
                error={value.how === "cron" ? undefined : error}
            />
            {value.how === "minutes" && <TextField label={t`Cada cuántos minutos`} inputMode="numeric" value={value.every} onChange={(every) => set({ every: every.replace(/\D/g, "") })} help={t`De 1 a 59.`} />}
            {value.how === "weekly" && (
                <fieldset>
                    <legend>
                        <Trans>Qué días</Trans>
                    </legend>
                    <div className="kinds">
                        {WEEK.map((day) => (
                            <Checkbox key={day} selected={value.weekdays.includes(day)} onChange={() => toggle(day)}>
                                {weekdays[day]}
                            </Checkbox>
                        ))}
                    </div>
                </fieldset>
            )}
            {value.how === "monthly" && <TextField label={t`Día del mes`} inputMode="numeric" value={value.day} onChange={(day) => set({ day })} />}
            {["daily", "weekly", "monthly"].includes(value.how) && <TimeField label={t`Hora (${account.zone})`} value={value.time} onChange={(time) => set({ time: time || "07:00" })} />}
            {value.how === "hourly" && <TextField label={t`Minuto`} inputMode="numeric" value={String(Number(value.time.slice(3)))} onChange={(minute) => set({ time: `00:${String(Math.min(59, Number(minute.replace(/\D/g, "")) || 0)).padStart(2, "0")}` })} />}
            {value.how === "cron" && <TextField label={t`Horario de cron`} value={value.cron} onChange={(cron) => set({ cron })} error={error} placeholder="0 7 * * 1-5" help={t`Minuto, hora, día, mes y día de la semana, en la zona ${account.zone}.`} spellCheck="false" />}
        </>
    );
}
