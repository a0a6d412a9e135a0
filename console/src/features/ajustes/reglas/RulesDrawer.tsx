// Rules of working time, to read or to change, with what they were before.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { EditActs, EditForm, useEditing } from "~/app/editing";
import { useFormat } from "~/app/format";
import { employeeProfilesQuery } from "~/app/people";
import { queries } from "~/app/queries";
import { RemovalAct, useRemoval } from "~/app/removal";
import { ScopeFields, useScopeWords } from "~/app/ScopeFields";
import { useMay } from "~/app/session";
import { Versions } from "~/app/Versions";
import { Drawer, ErrorSummary, KeyValues, Note, PickMany, Select, say, TextField } from "~/ui";
import { DateField } from "~/ui/DateTimeField";
import { TimeField } from "~/ui/TimeField";
import { changeRules, makeRules, oneRules, type Rules, removeRules, rulesVersions } from "../objects";
import { weekdayLabels } from "../weekdays";
import { type RulesDraft, rulesBody, rulesDraft, WEEKDAYS } from "./draft";

const again = () => queries.invalidateQueries({ queryKey: ["timesheets"] });

export function RulesDrawer({ rules, onClose, onOpen }: { rules?: Rules; onClose: () => void; onOpen: (id: string) => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const mayChange = useMay("close_periods");
    const scope = useScopeWords();
    const profiles = useQuery({ ...employeeProfilesQuery(), enabled: useMay("view_employees") }).data ?? [];
    const breaks = [...new Map(profiles.flatMap((profile) => profile.break_kinds ?? []).map(({ code, name }) => [code, { id: code, label: name, detail: code }])).values()];
    const editing = useEditing<RulesDraft, Rules>({
        place: `rules:${rules?.id ?? "new"}`,
        object: rules,
        draftOf: rulesDraft,
        versionOf: (one) => one.version,
        bodyOf: rulesBody,
        create: makeRules,
        change: (changes, version) => changeRules(rules?.id ?? "", changes, version),
        again: () => oneRules(rules?.id ?? ""),
        saved: async (saved) => {
            await again();
            say(t`Reglas «${saved.name}» guardadas`);
            if (!rules) onOpen(saved.id);
        },
    });
    const removal = useRemoval({
        remove: () => removeRules(rules?.id ?? "", rules?.version ?? 0),
        one: () => oneRules(rules?.id ?? ""),
        restore: (gone) => changeRules(gone.id, { state: "enabled" }, gone.version),
        again,
        saidGone: (gone) => t`Reglas «${gone.name}» fuera de uso`,
        saidBack: (gone) => t`Reglas «${gone.name}» otra vez en uso`,
        onGone: onClose,
    });
    const { draft, set, errorAt } = editing;
    const weekdays = weekdayLabels();
    const labels: Record<string, string> = { name: t`Nombre`, code: t`Código`, from_date: t`Desde el día`, to_date: t`Hasta el día`, ordinary_minutes_per_day: t`Horas ordinarias al día`, ordinary_minutes_per_week: t`Horas ordinarias a la semana`, week_starts: t`La semana empieza el`, night_from: t`La noche empieza`, night_to: t`La noche termina`, paid_break_kinds: t`Pausas que cuentan como trabajo`, longest_shift_minutes: t`Jornada más larga, en horas`, whole_company: t`Para quién`, groups: t`Grupos`, employees: t`Personas`, state: t`Estado` };
    const words = (field: string, value: unknown): string => (value == null || value === "" ? "—" : field.includes("minutes") ? format.minutes(Number(value)) : field === "week_starts" ? (weekdays[String(value)] ?? String(value)) : typeof value === "string" ? value : value === true ? t`sí` : value === false ? t`no` : JSON.stringify(value));
    return (
        <Drawer subject={rules?.id ?? "new"} title={rules?.name ?? t`Nuevas reglas`} top={rules && <span className="id">{rules.code}</span>} onClose={onClose} foot={mayChange && <EditActs form="rules-form" editing={editing} label={rules ? undefined : t`Crear las reglas`} onDiscard={rules && !editing.changed ? undefined : rules ? () => undefined : onClose} />}>
            {removal.problem && <ErrorSummary key={removal.submittedAt} title={removal.problem.title} detail={removal.problem.detail} />}
            {rules && mayChange && (
                <Note>
                    <Trans>Si la ley cambia, no cambie estas: póngales el último día y haga otras desde el siguiente. Así lo anterior se sigue contando como entonces.</Trans>
                </Note>
            )}
            {mayChange ? (
                <EditForm id="rules-form" editing={editing} labels={labels}>
                    <TextField label={labels.name!} name="name" value={draft.name} onChange={(name) => set({ name })} required error={errorAt("name")} autoFocus={!rules} />
                    <DateField label={labels.from_date!} name="from_date" value={draft.from} onChange={(from) => set({ from })} error={errorAt("from_date")} />
                    <DateField label={labels.to_date!} name="to_date" value={draft.to} onChange={(to) => set({ to })} error={errorAt("to_date")} optional help={t`Incluido. Vacío: hasta que otras las reemplacen.`} />
                    <ScopeFields draft={draft} set={set} errorAt={errorAt} />
                    <div className="form-pair">
                        <TextField label={labels.ordinary_minutes_per_day!} name="ordinary_minutes_per_day" value={draft.perDay} onChange={(perDay) => set({ perDay })} error={errorAt("ordinary_minutes_per_day")} optional placeholder="8" help={t`Lo demás del día es extra.`} />
                        <TextField label={labels.ordinary_minutes_per_week!} name="ordinary_minutes_per_week" value={draft.perWeek} onChange={(perWeek) => set({ perWeek })} error={errorAt("ordinary_minutes_per_week")} optional placeholder="44" help={t`De lo que no es extra por día.`} />
                    </div>
                    <Select label={labels.week_starts!} name="week_starts" options={WEEKDAYS.map((day) => ({ id: day, label: weekdays[day]! }))} value={draft.weekStarts} onChange={(weekStarts) => set({ weekStarts })} error={errorAt("week_starts")} />
                    <div className="form-pair">
                        <TimeField label={labels.night_from!} name="night_from" value={draft.nightFrom} onChange={(nightFrom) => set({ nightFrom })} error={errorAt("night_from")} optional />
                        <TimeField label={labels.night_to!} name="night_to" value={draft.nightTo} onChange={(nightTo) => set({ nightTo })} error={errorAt("night_to")} optional />
                    </div>
                    <PickMany label={labels.paid_break_kinds!} name="paid_break_kinds" options={breaks} values={draft.paidBreaks} onChange={(paidBreaks) => set({ paidBreaks })} error={errorAt("paid_break_kinds")} help={t`Además de las que su perfil ya cuenta.`} optional />
                    <TextField label={labels.longest_shift_minutes!} name="longest_shift_minutes" value={draft.longest} onChange={(longest) => set({ longest })} error={errorAt("longest_shift_minutes")} help={t`Una entrada más vieja ya no toma la salida: falta una.`} />
                    <TextField label={labels.code!} name="code" value={draft.code} onChange={(code) => set({ code })} error={errorAt("code")} optional={!rules} help={t`Con el que otros sistemas las nombran.`} spellCheck="false" />
                </EditForm>
            ) : (
                rules && (
                    <KeyValues
                        facts={[
                            [labels.from_date!, rules.from_date],
                            [labels.to_date!, rules.to_date],
                            [labels.whole_company!, scope(rules)],
                            [labels.ordinary_minutes_per_day!, words("minutes", rules.ordinary_minutes_per_day)],
                            [labels.ordinary_minutes_per_week!, words("minutes", rules.ordinary_minutes_per_week)],
                            [labels.night_from!, rules.night_from?.slice(0, 5)],
                            [labels.night_to!, rules.night_to?.slice(0, 5)],
                        ]}
                    />
                )
            )}
            {rules && <Versions topic="timesheets" id={rules.id} ask={() => rulesVersions(rules.id)} labels={labels} words={words} />}
            {rules && mayChange && <RemovalAct removal={removal} />}
        </Drawer>
    );
}
