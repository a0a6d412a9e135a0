// Days and hours without work: holidays, leave, rest days of each week.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { CalendarOff, Plus, Trash2 } from "lucide-react";
import { useMemo } from "react";
import { answer, api } from "~/api/client";
import { refusalOf } from "~/api/problem";
import { useActions } from "~/app/actions";
import { EditActs, EditForm, useEditing } from "~/app/editing";
import { useFormat } from "~/app/format";
import { formatIn } from "~/app/formats";
import { Beside, focusRow } from "~/app/frame/Beside";
import { Page } from "~/app/frame/Page";
import { queries } from "~/app/queries";
import { useMay } from "~/app/session";
import { Button, Checkbox, type Column, Drawer, EmptyState, ErrorSummary, RadioGroup, say, Table, TextArea, TextField } from "~/ui";
import { type Days, daysQuery } from "./company";
import { useWeekdays } from "./weekdays";
import { type Whom, WhoFor, whomBody, whomOf, useWhomWords } from "./WhoFor";

const route = getRouteApi("/ajustes/dias");
const NEW = "nuevo";

export function DaysPage() {
    const { t } = useLingui();
    const format = useFormat();
    const { abierto } = route.useSearch();
    const navigate = route.useNavigate();
    const all = useSuspenseQuery(daysQuery()).data;
    const mayChange = useMay("manage_employees");
    const words = useWhomWords();
    const weekdays = useWeekdays();
    const civil = formatIn(format.locale, "UTC");
    const rows = useMemo(() => [...all].sort((a, b) => b.from_date.localeCompare(a.from_date)), [all]);
    const go = (open?: string, replace = false) => void navigate({ search: open ? { abierto: open } : {}, replace });
    const close = () => {
        go();
        focusRow(abierto);
    };
    useActions(mayChange ? [{ id: "days-new", key: "N", label: t`Nuevos días`, run: () => go(NEW) }] : []);
    const date = (day: string) => civil.date(`${day}T12:00:00Z`);
    const when = (one: Days) => {
        const span = one.to_date && one.to_date !== one.from_date ? `${date(one.from_date)} – ${date(one.to_date)}` : date(one.from_date);
        if (one.schedule_type !== "weekly") return span;
        return `${(one.weekdays ?? []).map((day) => weekdays.find(({ id }) => id === day)?.label ?? day).join(", ")} · ${one.to_date ? span : t`desde el ${date(one.from_date)}`}`;
    };
    const columns: Column<Days>[] = [
        { id: "name", header: t`Nombre`, width: "minmax(140px,1.4fr)", cell: (one) => <b>{one.name}</b>, text: (one) => one.name },
        { id: "when", header: t`Cuándo`, width: "minmax(150px,1.4fr)", cell: when, text: when },
        { id: "who", header: t`Para quién`, width: "minmax(120px,1fr)", from: 520, cell: (one) => words(whomOf(one)), text: (one) => words(whomOf(one)) },
    ];
    const current = all.find(({ id }) => id === abierto);
    const drawer = abierto === NEW && mayChange ? <DaysDrawer key={NEW} onClose={close} onSaved={(saved) => go(saved.id, true)} /> : current ? <DaysDrawer key={current.id} days={current} onClose={close} onSaved={() => {}} /> : undefined;
    return (
        <Page
            section={t`Ajustes`}
            title={t`Días no laborables`}
            className="page-fill"
            primary={
                mayChange && (
                    <Button look="primary" icon={Plus} keyName="N" onPress={() => go(NEW)}>
                        <Trans>Nuevos días</Trans>
                    </Button>
                )
            }
        >
            <Beside drawer={drawer}>
                <Table
                    label={t`Días no laborables`}
                    columns={columns}
                    rows={rows}
                    rowKey={(one) => one.id}
                    rowLabel={(one) => `${one.name}, ${when(one)}`}
                    current={abierto}
                    onOpen={(one) => go(one.id)}
                    empty={
                        <EmptyState icon={CalendarOff} title={t`Todavía no hay días no laborables`} acts={mayChange && <Button icon={Plus} onPress={() => go(NEW)}>{t`Nuevos días`}</Button>}>
                            <Trans>Festivos para todos, vacaciones de una persona, descanso de cada semana: el tablero los muestra y la jornada los cuenta aparte.</Trans>
                        </EmptyState>
                    }
                />
            </Beside>
        </Page>
    );
}

type Draft = Whom & { code: string; name: string; type: string; from_date: string; to_date: string; from_time: string; to_time: string; weekdays: string[]; notes: string };

const draftOf = (one?: Days): Draft => ({
    ...whomOf(one),
    code: one?.code ?? "",
    name: one?.name ?? "",
    type: one?.schedule_type ?? "days",
    from_date: one?.from_date ?? "",
    to_date: one?.to_date ?? "",
    from_time: one?.from_time?.slice(0, 5) ?? "",
    to_time: one?.to_time?.slice(0, 5) ?? "",
    weekdays: one?.weekdays ?? [],
    notes: one?.notes ?? "",
});

function bodyOf(draft: Draft) {
    const timed = draft.type === "days" ? {} : { from_time: draft.from_time, to_time: draft.to_time };
    const set = { from_date: draft.from_date, to_date: draft.to_date, ...timed, notes: draft.notes.trim() };
    return {
        code: draft.code.trim(),
        name: draft.name.trim(),
        schedule_type: draft.type,
        ...Object.fromEntries(Object.entries(set).filter(([, value]) => value !== "")),
        ...(draft.type === "weekly" ? { weekdays: draft.weekdays } : {}),
        ...whomBody(draft),
    };
}

function DaysDrawer({ days, onClose, onSaved }: { days?: Days; onClose: () => void; onSaved: (days: Days) => void }) {
    const { t } = useLingui();
    const weekdays = useWeekdays();
    const mayChange = useMay("manage_employees");
    const reference = days?.id ?? "";
    const editing = useEditing<Draft, Days>({
        place: `days:${days?.id ?? "new"}`,
        object: days,
        draftOf,
        versionOf: (one) => one.version,
        bodyOf,
        create: (body, once) => answer(api.POST("/v1/non-working-days", { params: { header: once }, body: body as never })),
        change: (changes, version) => answer(api.PATCH("/v1/non-working-days/{reference}", { params: { path: { reference }, header: { "If-Match": String(version) } }, body: changes as never })),
        again: () => answer(api.GET("/v1/non-working-days/{reference}", { params: { path: { reference } } })),
        saved: async (saved) => {
            say(t`${saved.name}: guardado`);
            await queries.invalidateQueries({ queryKey: ["employees"] });
            onSaved(saved);
        },
    });
    const removing = useMutation({
        mutationFn: () => answer(api.DELETE("/v1/non-working-days/{reference}", { params: { path: { reference }, header: { "If-Match": String(days?.version) } } })),
        onSuccess: async () => {
            say(t`${days?.name}: retirado`);
            onClose();
            await queries.invalidateQueries({ queryKey: ["employees"] });
        },
    });
    const { draft, set, errorAt } = editing;
    const labels: Record<string, string> = { name: t`Nombre`, code: t`Código`, from_date: t`Desde`, to_date: t`Hasta`, from_time: t`Desde la hora`, to_time: t`Hasta la hora`, weekdays: t`Días de la semana`, schedule_type: t`Cómo`, notes: t`Notas`, whole_company: t`Para quién` };
    const problem = removing.error ? refusalOf(removing.error).problem : undefined;
    const toggle = (day: string) => set({ weekdays: draft.weekdays.includes(day) ? draft.weekdays.filter((each) => each !== day) : [...draft.weekdays, day] });
    return (
        <Drawer subject={days?.id ?? "new"} title={days?.name ?? t`Nuevos días`} top={days && <span className="id">{days.code}</span>} onClose={onClose} foot={mayChange && <EditActs form="days-form" editing={editing} label={days ? undefined : t`Crear`} onDiscard={onClose} />}>
            {problem && <ErrorSummary key={removing.submittedAt} title={problem.title} detail={problem.detail} />}
            <EditForm id="days-form" editing={editing} labels={labels}>
                <TextField label={labels.name!} name="name" value={draft.name} onChange={(name) => set({ name })} disabled={!mayChange} error={errorAt("name")} autoFocus={!days} />
                <TextField label={labels.code!} name="code" value={draft.code} onChange={(code) => set({ code })} disabled={!mayChange} error={errorAt("code")} />
                {mayChange && (
                    <RadioGroup
                        label={labels.schedule_type!}
                        name="schedule_type"
                        options={[
                            { id: "days", label: t`Días enteros`, detail: t`Un festivo, unas vacaciones.` },
                            { id: "period", label: t`De un momento a otro`, detail: t`Con hora el primer día y el último.` },
                            { id: "weekly", label: t`Cada semana`, detail: t`Los días que se elijan, con o sin horas.` },
                        ]}
                        value={draft.type}
                        onChange={(type) => set({ type })}
                        error={errorAt("schedule_type")}
                    />
                )}
                {draft.type === "weekly" && mayChange && (
                    <fieldset>
                        <legend>{labels.weekdays}</legend>
                        {weekdays.map(({ id, label }) => (
                            <Checkbox key={id} selected={draft.weekdays.includes(id)} onChange={() => toggle(id)}>
                                {label}
                            </Checkbox>
                        ))}
                        {errorAt("weekdays") && <span className="err">{errorAt("weekdays")}</span>}
                    </fieldset>
                )}
                <div className="form-pair">
                    <TextField label={labels.from_date!} name="from_date" type="date" value={draft.from_date} onChange={(from_date) => set({ from_date })} disabled={!mayChange} error={errorAt("from_date")} />
                    <TextField label={labels.to_date!} name="to_date" type="date" optional value={draft.to_date} onChange={(to_date) => set({ to_date })} disabled={!mayChange} error={errorAt("to_date")} />
                </div>
                {draft.type !== "days" && (
                    <div className="form-pair">
                        <TextField label={labels.from_time!} name="from_time" type="time" optional value={draft.from_time} onChange={(from_time) => set({ from_time })} disabled={!mayChange} error={errorAt("from_time")} />
                        <TextField label={labels.to_time!} name="to_time" type="time" optional value={draft.to_time} onChange={(to_time) => set({ to_time })} disabled={!mayChange} error={errorAt("to_time")} />
                    </div>
                )}
                {mayChange && <WhoFor whom={draft} onChange={set} errorAt={errorAt} />}
                <TextArea label={labels.notes!} name="notes" optional rows={2} value={draft.notes} onChange={(notes) => set({ notes })} disabled={!mayChange} error={errorAt("notes")} />
            </EditForm>
            {days && mayChange && (
                <div>
                    <Button small look="quiet" icon={Trash2} pending={removing.isPending} onPress={() => removing.mutate()}>
                        <Trans>Retirar</Trans>
                    </Button>
                </div>
            )}
        </Drawer>
    );
}
