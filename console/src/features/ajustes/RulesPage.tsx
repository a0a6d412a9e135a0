// Rules of working time: what of a day and a week is ordinary, what is night, which breaks count.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Plus, Scale, Trash2 } from "lucide-react";
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
import { Button, type Column, Drawer, EmptyState, ErrorSummary, say, Select, Table, TextField } from "~/ui";
import { type Rules, rulesQuery } from "./company";
import { useWeekdays } from "./weekdays";
import { type Whom, WhoFor, whomBody, whomOf, useWhomWords } from "./WhoFor";

const route = getRouteApi("/ajustes/reglas");
const NEW = "nueva";

export function RulesPage() {
    const { t } = useLingui();
    const format = useFormat();
    const { abierto } = route.useSearch();
    const navigate = route.useNavigate();
    const rules = useSuspenseQuery(rulesQuery()).data;
    const mayChange = useMay("close_periods");
    const words = useWhomWords();
    const civil = formatIn(format.locale, "UTC");
    const go = (open?: string, replace = false) => void navigate({ search: open ? { abierto: open } : {}, replace });
    const close = () => {
        go();
        focusRow(abierto);
    };
    useActions(mayChange ? [{ id: "rule-new", key: "N", label: t`Nueva regla`, run: () => go(NEW) }] : []);
    const date = (day: string) => civil.date(`${day}T12:00:00Z`);
    const span = (one: Rules) => (one.to_date ? `${date(one.from_date)} – ${date(one.to_date)}` : t`desde el ${date(one.from_date)}`);
    const ordinary = (one: Rules) => [one.ordinary_minutes_per_day && t`${format.minutes(one.ordinary_minutes_per_day)} al día`, one.ordinary_minutes_per_week && t`${format.minutes(one.ordinary_minutes_per_week)} a la semana`].filter(Boolean).join(" · ");
    const columns: Column<Rules>[] = [
        { id: "name", header: t`Regla`, width: "minmax(140px,1.5fr)", cell: (one) => <b>{one.name}</b>, text: (one) => one.name },
        { id: "who", header: t`Para quién`, width: "minmax(120px,1fr)", from: 480, cell: (one) => words(whomOf(one)), text: (one) => words(whomOf(one)) },
        { id: "ordinary", header: t`Ordinario`, width: "minmax(120px,1.2fr)", from: 640, cell: ordinary, text: ordinary },
        { id: "span", header: t`Vale`, width: "minmax(130px,1fr)", cell: span, text: span },
    ];
    const current = rules.find(({ id }) => id === abierto);
    const drawer = abierto === NEW && mayChange ? <RuleDrawer key={NEW} onClose={close} onSaved={(saved) => go(saved.id, true)} /> : current ? <RuleDrawer key={current.id} rule={current} onClose={close} onSaved={() => {}} /> : undefined;
    return (
        <Page
            section={t`Ajustes`}
            title={t`Reglas de jornada`}
            className="page-fill"
            primary={
                mayChange && (
                    <Button look="primary" icon={Plus} keyName="N" onPress={() => go(NEW)}>
                        <Trans>Nueva regla</Trans>
                    </Button>
                )
            }
        >
            <Beside drawer={drawer}>
                <Table
                    label={t`Reglas de jornada`}
                    columns={columns}
                    rows={rules}
                    rowKey={(one) => one.id}
                    rowLabel={(one) => one.name}
                    current={abierto}
                    onOpen={(one) => go(one.id)}
                    empty={
                        <EmptyState icon={Scale} title={t`Todavía no hay reglas de jornada`} acts={mayChange && <Button icon={Plus} onPress={() => go(NEW)}>{t`Nueva regla`}</Button>}>
                            <Trans>Sin reglas se cuenta cuánto se trabaja, pero no qué es extra ni nocturno. Cada empresa pone las suyas, desde un día y para quien valen.</Trans>
                        </EmptyState>
                    }
                />
            </Beside>
        </Page>
    );
}

type Draft = Whom & { code: string; name: string; from_date: string; to_date: string; day: string; week: string; night_from: string; night_to: string; longest: string; paid: string; starts: string };

const hours = (minutes: number | null | undefined) => (minutes === null || minutes === undefined ? "" : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`);
/** "8", "8:30" or what was typed, so that the server says what is wrong with it. */
const minutes = (text: string): number | string | null => {
    const found = /^(\d{1,3})(?::([0-5]\d))?$/.exec(text.trim());
    return text.trim() === "" ? null : found ? Number(found[1]) * 60 + Number(found[2] ?? 0) : text;
};

const draftOf = (one?: Rules): Draft => ({
    ...whomOf(one),
    code: one?.code ?? "",
    name: one?.name ?? "",
    from_date: one?.from_date ?? "",
    to_date: one?.to_date ?? "",
    day: hours(one?.ordinary_minutes_per_day),
    week: hours(one?.ordinary_minutes_per_week),
    night_from: one?.night_from?.slice(0, 5) ?? "",
    night_to: one?.night_to?.slice(0, 5) ?? "",
    longest: hours(one?.longest_shift_minutes),
    paid: (one?.paid_break_kinds ?? []).join(", "),
    starts: one?.week_starts ?? "monday",
});

function bodyOf(draft: Draft) {
    const set = { from_date: draft.from_date, to_date: draft.to_date, night_from: draft.night_from, night_to: draft.night_to };
    const numbers = { ordinary_minutes_per_day: minutes(draft.day), ordinary_minutes_per_week: minutes(draft.week), longest_shift_minutes: minutes(draft.longest) };
    return {
        code: draft.code.trim(),
        name: draft.name.trim(),
        ...Object.fromEntries(Object.entries(set).filter(([, value]) => value !== "")),
        ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== null)),
        paid_break_kinds: draft.paid.split(",").map((code) => code.trim()).filter(Boolean),
        week_starts: draft.starts,
        ...whomBody(draft),
    };
}

function RuleDrawer({ rule, onClose, onSaved }: { rule?: Rules; onClose: () => void; onSaved: (rule: Rules) => void }) {
    const { t } = useLingui();
    const weekdays = useWeekdays();
    const mayChange = useMay("close_periods");
    const reference = rule?.id ?? "";
    const editing = useEditing<Draft, Rules>({
        place: `rules:${rule?.id ?? "new"}`,
        object: rule,
        draftOf,
        versionOf: (one) => one.version,
        bodyOf,
        create: (body, once) => answer(api.POST("/v1/working-time-rules", { params: { header: once }, body: body as never })),
        change: (changes, version) => answer(api.PATCH("/v1/working-time-rules/{reference}", { params: { path: { reference }, header: { "If-Match": String(version) } }, body: changes as never })),
        again: () => answer(api.GET("/v1/working-time-rules/{reference}", { params: { path: { reference } } })),
        saved: async (saved) => {
            say(t`Regla ${saved.name} guardada`);
            await queries.invalidateQueries({ queryKey: ["timesheets"] });
            onSaved(saved);
        },
    });
    const removing = useMutation({
        mutationFn: () => answer(api.DELETE("/v1/working-time-rules/{reference}", { params: { path: { reference }, header: { "If-Match": String(rule?.version) } } })),
        onSuccess: async () => {
            say(t`Regla ${rule?.name} retirada`);
            onClose();
            await queries.invalidateQueries({ queryKey: ["timesheets"] });
        },
    });
    const { draft, set, errorAt } = editing;
    const labels: Record<string, string> = { name: t`Nombre`, code: t`Código`, from_date: t`Desde`, to_date: t`Hasta`, ordinary_minutes_per_day: t`Ordinario al día`, ordinary_minutes_per_week: t`Ordinario a la semana`, night_from: t`La noche empieza`, night_to: t`La noche termina`, longest_shift_minutes: t`Jornada más larga`, paid_break_kinds: t`Pausas que cuentan`, week_starts: t`La semana empieza`, whole_company: t`Para quién` };
    const problem = removing.error ? refusalOf(removing.error).problem : undefined;
    const asHours = t`Horas, como «8» u «8:30».`;
    return (
        <Drawer subject={rule?.id ?? "new"} title={rule?.name ?? t`Nueva regla`} top={rule && <span className="id">{rule.code}</span>} onClose={onClose} foot={mayChange && <EditActs form="rule-form" editing={editing} label={rule ? undefined : t`Crear la regla`} onDiscard={onClose} />}>
            {problem && <ErrorSummary key={removing.submittedAt} title={problem.title} detail={problem.detail} />}
            <EditForm id="rule-form" editing={editing} labels={labels}>
                <TextField label={labels.name!} name="name" value={draft.name} onChange={(name) => set({ name })} disabled={!mayChange} error={errorAt("name")} autoFocus={!rule} />
                <TextField label={labels.code!} name="code" value={draft.code} onChange={(code) => set({ code })} disabled={!mayChange} error={errorAt("code")} />
                <div className="form-pair">
                    <TextField label={labels.from_date!} name="from_date" type="date" value={draft.from_date} onChange={(from_date) => set({ from_date })} disabled={!mayChange} error={errorAt("from_date")} />
                    <TextField label={labels.to_date!} name="to_date" type="date" optional value={draft.to_date} onChange={(to_date) => set({ to_date })} disabled={!mayChange} error={errorAt("to_date")} />
                </div>
                <div className="form-pair">
                    <TextField label={labels.ordinary_minutes_per_day!} name="ordinary_minutes_per_day" optional value={draft.day} onChange={(day) => set({ day })} disabled={!mayChange} help={asHours} error={errorAt("ordinary_minutes_per_day")} />
                    <TextField label={labels.ordinary_minutes_per_week!} name="ordinary_minutes_per_week" optional value={draft.week} onChange={(week) => set({ week })} disabled={!mayChange} help={t`Lo que pasa de ahí es extra.`} error={errorAt("ordinary_minutes_per_week")} />
                </div>
                <div className="form-pair">
                    <TextField label={labels.night_from!} name="night_from" type="time" optional value={draft.night_from} onChange={(night_from) => set({ night_from })} disabled={!mayChange} error={errorAt("night_from")} />
                    <TextField label={labels.night_to!} name="night_to" type="time" optional value={draft.night_to} onChange={(night_to) => set({ night_to })} disabled={!mayChange} error={errorAt("night_to")} />
                </div>
                <div className="form-pair">
                    <TextField label={labels.longest_shift_minutes!} name="longest_shift_minutes" optional value={draft.longest} onChange={(longest) => set({ longest })} disabled={!mayChange} help={asHours} error={errorAt("longest_shift_minutes")} />
                    <Select label={labels.week_starts!} name="week_starts" options={weekdays} value={draft.starts} onChange={(starts) => set({ starts })} disabled={!mayChange} error={errorAt("week_starts")} />
                </div>
                <TextField label={labels.paid_break_kinds!} name="paid_break_kinds" optional value={draft.paid} onChange={(paid) => set({ paid })} disabled={!mayChange} help={t`Códigos de pausas, separados por comas.`} error={errorAt("paid_break_kinds")} />
                {mayChange && <WhoFor whom={draft} onChange={set} errorAt={errorAt} />}
            </EditForm>
            {rule && mayChange && (
                <div>
                    <Button small look="quiet" icon={Trash2} pending={removing.isPending} onPress={() => removing.mutate()}>
                        <Trans>Retirar la regla</Trans>
                    </Button>
                </div>
            )}
        </Drawer>
    );
}
