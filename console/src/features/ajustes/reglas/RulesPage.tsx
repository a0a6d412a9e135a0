// Rules of working time: by what ordinary, extra and night time are cut, from which day on, and for whom.
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { CalendarClock, Plus } from "lucide-react";
import { useMemo } from "react";
import { useActions } from "~/app/actions";
import { useFormat } from "~/app/format";
import { Beside, focusRow } from "~/app/frame/Beside";
import { Page } from "~/app/frame/Page";
import { useScopeWords } from "~/app/ScopeFields";
import { useMay } from "~/app/session";
import { Button, type Column, EmptyState, Table } from "~/ui";
import { type Rules, rulesQuery } from "../objects";
import { RulesDrawer } from "./RulesDrawer";

const route = getRouteApi("/ajustes/reglas-de-jornada");
const NEW = "nuevas";

export function RulesPage() {
    const { t } = useLingui();
    const format = useFormat();
    const scope = useScopeWords();
    const { abierto } = route.useSearch();
    const navigate = route.useNavigate();
    const all = useSuspenseQuery(rulesQuery()).data;
    const mayChange = useMay("close_periods");
    const rows = useMemo(() => all.filter(({ state }) => state !== "deleted").sort((a, b) => b.from_date.localeCompare(a.from_date)), [all]);
    const open = (id?: string, replace = false) => void navigate({ search: { abierto: id }, replace });
    const close = () => {
        open();
        focusRow(abierto);
    };
    const day = (civil: string) => format.date(`${civil}T12:00:00Z`);
    const from = (one: Rules) => (one.to_date ? `${day(one.from_date)} – ${day(one.to_date)}` : t`desde ${day(one.from_date)}`);
    const hours = (minutes?: number | null) => (minutes == null ? "—" : format.minutes(minutes));
    const night = (one: Rules) => (one.night_from && one.night_to ? `${one.night_from.slice(0, 5)}–${one.night_to.slice(0, 5)}` : "—");
    const columns: Column<Rules>[] = [
        { id: "name", header: t`Reglas`, width: "minmax(130px,1.4fr)", cell: (one) => <b>{one.name}</b>, text: (one) => one.name },
        { id: "scope", header: t`Para quién`, width: "minmax(120px,1.2fr)", from: 420, cell: scope, text: scope },
        { id: "from", header: t`Valen`, width: "minmax(120px,1.1fr)", cell: from, text: from },
        { id: "day", header: t`Día`, width: "80px", numeric: true, from: 560, cell: (one) => hours(one.ordinary_minutes_per_day), text: (one) => hours(one.ordinary_minutes_per_day) },
        { id: "week", header: t`Semana`, width: "80px", numeric: true, from: 640, cell: (one) => hours(one.ordinary_minutes_per_week), text: (one) => hours(one.ordinary_minutes_per_week) },
        { id: "night", header: t`Noche`, width: "110px", from: 720, cell: night, text: night },
    ];
    const current = rows.find(({ id }) => id === abierto);
    useActions(mayChange ? [{ id: "rules-new", key: "N", label: t`Nuevas reglas`, run: () => open(NEW) }] : []);
    return (
        <Page
            section={t`Ajustes`}
            title={t`Reglas de jornada`}
            className="page-fill"
            primary={
                mayChange && (
                    <Button look="primary" icon={Plus} keyName="N" onPress={() => open(NEW)}>
                        <Trans>Nuevas reglas</Trans>
                    </Button>
                )
            }
        >
            <Beside drawer={((abierto === NEW && mayChange) || current) && <RulesDrawer key={abierto} rules={current} onClose={close} onOpen={(id) => open(id, true)} />}>
                <Table
                    label={t`Reglas de jornada`}
                    columns={columns}
                    rows={rows}
                    rowKey={(one) => one.id}
                    rowLabel={(one) => one.name}
                    current={abierto}
                    onOpen={(one) => open(one.id)}
                    empty={
                        <EmptyState icon={CalendarClock} title={t`Todavía no hay reglas`} acts={mayChange && <Button icon={Plus} onPress={() => open(NEW)}>{t`Nuevas reglas`}</Button>}>
                            <Trans>Sin reglas se cuenta lo trabajado, pero nada es extra ni nocturno. Cuando la ley cambia se hacen unas nuevas desde ese día, y lo anterior se sigue contando con las suyas.</Trans>
                        </EmptyState>
                    }
                />
            </Beside>
        </Page>
    );
}
