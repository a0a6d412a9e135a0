// A day or a time without work, to read or to change.
import { Trans, useLingui } from "@lingui/react/macro";
import { Trash2 } from "lucide-react";
import { EditActs, EditForm, useEditing } from "~/app/editing";
import { queries } from "~/app/queries";
import { useRemoval } from "~/app/removal";
import { ScopeFields, useScopeWords } from "~/app/ScopeFields";
import { useMay } from "~/app/session";
import { Versions } from "~/app/Versions";
import { Button, Checkbox, Combo, Drawer, ErrorSummary, KeyValues, Note, RadioGroup, say, TextArea, TextField } from "~/ui";
import { DateField } from "~/ui/DateTimeField";
import { TimeField } from "~/ui/TimeField";
import { zones } from "~/ui/zones";
import { changeFreeDays, type FreeDays, freeDaysVersions, makeFreeDays, oneFreeDays, removeFreeDays } from "../objects";
import { WEEKDAYS } from "../reglas/draft";
import { weekdayLabels } from "../weekdays";
import { type FreeDraft, freeBody, freeDraft } from "./draft";

const again = () => queries.invalidateQueries({ queryKey: ["employees", "non-working-days"] });

export function FreeDaysDrawer({ days, onClose, onOpen }: { days?: FreeDays; onClose: () => void; onOpen: (id: string) => void }) {
    const { t } = useLingui();
    const mayChange = useMay("manage_employees");
    const scope = useScopeWords();
    const editing = useEditing<FreeDraft, FreeDays>({
        place: `free-days:${days?.id ?? "new"}`,
        object: days,
        draftOf: freeDraft,
        versionOf: (one) => one.version,
        bodyOf: freeBody,
        create: makeFreeDays,
        change: (changes, version) => changeFreeDays(days?.id ?? "", changes, version),
        again: () => oneFreeDays(days?.id ?? ""),
        saved: async (saved) => {
            await again();
            say(t`«${saved.name}» guardado`);
            if (!days) onOpen(saved.id);
        },
    });
    const removal = useRemoval({
        remove: () => removeFreeDays(days?.id ?? "", days?.version ?? 0),
        one: () => oneFreeDays(days?.id ?? ""),
        restore: (gone) => changeFreeDays(gone.id, { state: "enabled" }, gone.version),
        again,
        saidGone: (gone) => t`«${gone.name}» quitado`,
        saidBack: (gone) => t`«${gone.name}» vuelve a estar`,
        onGone: onClose,
    });
    const { draft, set, errorAt } = editing;
    const weekdays = weekdayLabels();
    const toggle = (day: string) => set({ weekdays: WEEKDAYS.filter((each) => (each === day ? !draft.weekdays.includes(day) : draft.weekdays.includes(each))) });
    const labels: Record<string, string> = { name: t`Nombre`, code: t`Código`, schedule_type: t`Qué es`, from_date: t`Primer día`, to_date: t`Último día`, from_time: t`Desde la hora`, to_time: t`Hasta la hora`, weekdays: t`Qué días`, zone: t`Zona horaria`, notes: t`Notas`, whole_company: t`Para quién`, groups: t`Grupos`, employees: t`Personas`, state: t`Estado` };
    const kinds = [
        { id: "days", label: t`Días enteros`, detail: t`Un festivo, o varios días seguidos.` },
        { id: "period", label: t`Un tiempo`, detail: t`Desde una hora de un día hasta una hora de otro.` },
        { id: "weekly", label: t`Cada semana`, detail: t`Los mismos días, a las mismas horas.` },
    ];
    return (
        <Drawer subject={days?.id ?? "new"} title={days?.name ?? t`Nuevo día no laborable`} top={days && <span className="id">{days.code}</span>} onClose={onClose} foot={mayChange && <EditActs form="free-form" editing={editing} label={days ? undefined : t`Crear`} onDiscard={days && !editing.changed ? undefined : days ? () => undefined : onClose} />}>
            {removal.problem && <ErrorSummary key={removal.submittedAt} title={removal.problem.title} detail={removal.problem.detail} />}
            {mayChange ? (
                <EditForm id="free-form" editing={editing} labels={labels}>
                    <TextField label={labels.name!} name="name" value={draft.name} onChange={(name) => set({ name })} required error={errorAt("name")} autoFocus={!days} />
                    <RadioGroup label={labels.schedule_type!} name="schedule_type" options={kinds} value={draft.kind} onChange={(kind) => set({ kind: kind as FreeDraft["kind"] })} error={errorAt("schedule_type")} />
                    {draft.kind === "weekly" && (
                        <fieldset>
                            <legend>{labels.weekdays}</legend>
                            <div className="kinds">
                                {WEEKDAYS.map((day) => (
                                    <Checkbox key={day} name="weekdays" selected={draft.weekdays.includes(day)} onChange={() => toggle(day)}>
                                        {weekdays[day]}
                                    </Checkbox>
                                ))}
                            </div>
                            {errorAt("weekdays") && <Note kind="refused">{errorAt("weekdays")}</Note>}
                        </fieldset>
                    )}
                    <DateField label={labels.from_date!} name="from_date" value={draft.from} onChange={(from) => set({ from })} error={errorAt("from_date")} />
                    <DateField label={labels.to_date!} name="to_date" value={draft.to} onChange={(to) => set({ to })} error={errorAt("to_date")} optional help={draft.kind === "weekly" ? t`Incluido. Vacío: para siempre.` : t`Incluido. Vacío: solo el primero.`} />
                    {draft.kind !== "days" && (
                        <div className="form-pair">
                            <TimeField label={labels.from_time!} name="from_time" value={draft.fromTime} onChange={(fromTime) => set({ fromTime })} error={errorAt("from_time")} optional />
                            <TimeField label={labels.to_time!} name="to_time" value={draft.toTime} onChange={(toTime) => set({ toTime })} error={errorAt("to_time")} optional />
                        </div>
                    )}
                    <ScopeFields draft={draft} set={set} errorAt={errorAt} />
                    <Combo label={labels.zone!} name="zone" options={zones()} value={draft.zone || null} onChange={(zone) => set({ zone: zone ?? "" })} error={errorAt("zone")} optional help={t`Vacío: la de cada persona.`} opens="input" />
                    <TextArea label={labels.notes!} name="notes" value={draft.notes} onChange={(notes) => set({ notes })} error={errorAt("notes")} optional rows={2} />
                    <TextField label={labels.code!} name="code" value={draft.code} onChange={(code) => set({ code })} error={errorAt("code")} optional={!days} help={t`Con el que otros sistemas lo nombran.`} spellCheck="false" />
                </EditForm>
            ) : (
                days && (
                    <KeyValues
                        facts={[
                            [labels.schedule_type!, kinds.find(({ id }) => id === draft.kind)?.label],
                            [labels.weekdays!, draft.weekdays.map((day) => weekdays[day]).join(", ")],
                            [labels.from_date!, days.from_date],
                            [labels.to_date!, days.to_date],
                            [labels.from_time!, draft.fromTime],
                            [labels.to_time!, draft.toTime],
                            [labels.whole_company!, scope(days)],
                            [labels.notes!, days.notes],
                        ]}
                    />
                )
            )}
            {days && <Versions topic="employees" id={days.id} ask={() => freeDaysVersions(days.id)} labels={labels} />}
            {days && mayChange && (
                <div className="form-acts">
                    <Button small look="quiet" icon={Trash2} pending={removal.isPending} onPress={removal.remove}>
                        <Trans>Quitarlo</Trans>
                    </Button>
                </div>
            )}
        </Drawer>
    );
}
