// Non-working days: holidays of the company, and days or hours without work of groups and people.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { CalendarOff, Plus } from "lucide-react";
import { useMemo } from "react";
import { useActions } from "~/app/actions";
import { useFormat } from "~/app/format";
import { Beside, focusRow } from "~/app/frame/Beside";
import { Page } from "~/app/frame/Page";
import { useScopeWords } from "~/app/ScopeFields";
import { useMay } from "~/app/session";
import { folded } from "~/app/words";
import { Button, type Column, EmptyState, SearchField, Select, Table } from "~/ui";
import { type FreeDays, freeDaysQuery } from "../objects";
import type { FreeSearch } from "../routes";
import { weekdayLabels } from "../weekdays";
import { FreeDaysDrawer } from "./FreeDaysDrawer";

const route = getRouteApi("/ajustes/dias-no-laborables");
const NEW = "nuevo";
const ALL = "all";

/** Whether it touches a year; what repeats each week does while it lasts. */
export function inYear(one: FreeDays, year: string): boolean {
    const last = one.to_date ?? (one.schedule_type === "weekly" ? "9999" : one.from_date);
    return one.from_date.slice(0, 4) <= year && year <= last.slice(0, 4);
}

export function FreeDaysPage() {
    const { t } = useLingui();
    const format = useFormat();
    const scope = useScopeWords();
    const { abierto, q, anio } = route.useSearch();
    const navigate = route.useNavigate();
    const all = useSuspenseQuery(freeDaysQuery()).data;
    const mayChange = useMay("manage_employees");
    const known = useMemo(() => all.filter(({ state }) => state !== "deleted"), [all]);
    const years = useMemo(() => [...new Set(known.flatMap((one) => [one.from_date.slice(0, 4), (one.to_date ?? one.from_date).slice(0, 4)]))].sort(), [known]);
    const rows = useMemo(() => known.filter((one) => (!anio || inYear(one, anio)) && folded(one.name).includes(folded(q ?? ""))).sort((a, b) => a.from_date.localeCompare(b.from_date)), [known, anio, q]);
    const go = (change: Partial<FreeSearch>, replace = false) => void navigate({ search: (before: FreeSearch) => ({ ...before, ...change }), replace });
    const close = () => {
        go({ abierto: undefined });
        focusRow(abierto);
    };
    const day = (civil: string) => format.date(`${civil}T12:00:00Z`);
    const weekdays = weekdayLabels();
    const when = (one: FreeDays) => {
        const hours = one.from_time || one.to_time ? ` ${(one.from_time ?? "00:00").slice(0, 5)}–${(one.to_time ?? "24:00").slice(0, 5)}` : "";
        const days = one.to_date && one.to_date !== one.from_date ? `${day(one.from_date)} – ${day(one.to_date)}` : day(one.from_date);
        if (one.schedule_type === "weekly") return `${(one.weekdays ?? []).map((each) => weekdays[each]).join(", ")}${hours} · ${one.to_date ? days : t`desde ${day(one.from_date)}`}`;
        return `${days}${hours}`;
    };
    const columns: Column<FreeDays>[] = [
        { id: "name", header: t`Nombre`, width: "minmax(130px,1.2fr)", cell: (one) => <b>{one.name}</b>, text: (one) => one.name },
        { id: "when", header: t`Cuándo`, width: "minmax(140px,1.4fr)", cell: when, text: when },
        { id: "scope", header: t`Para quién`, width: "minmax(120px,1fr)", from: 480, cell: scope, text: scope },
    ];
    const current = known.find(({ id }) => id === abierto);
    useActions([
        ...(mayChange ? [{ id: "free-new", key: "N", label: t`Nuevo día no laborable`, run: () => go({ abierto: NEW }) }] : []),
        { id: "search", key: "/", label: t`Buscar días no laborables`, run: () => document.querySelector<HTMLElement>(".beside .fld-search input")?.focus() },
    ]);
    return (
        <Page
            section={t`Ajustes`}
            title={t`Días no laborables`}
            className="page-fill"
            primary={
                mayChange && (
                    <Button look="primary" icon={Plus} keyName="N" onPress={() => go({ abierto: NEW })}>
                        <Trans>Nuevo día</Trans>
                    </Button>
                )
            }
        >
            <Beside drawer={((abierto === NEW && mayChange) || current) && <FreeDaysDrawer key={abierto} days={current} onClose={close} onOpen={(id) => go({ abierto: id }, true)} />}>
                <div className="toolbar" role="toolbar" aria-label={t`Filtros`}>
                    <SearchField label={t`Buscar días no laborables`} placeholder={t`Nombre`} value={q ?? ""} onChange={(text) => go({ q: text || undefined }, true)} />
                    <Select label={t`Año`} hideLabel options={[{ id: ALL, label: t`Todos los años` }, ...years.map((year) => ({ id: year, label: year }))]} value={anio ?? ALL} onChange={(year) => go({ anio: year === ALL ? undefined : year }, true)} />
                    <span className="grow" />
                    <span className="count-words">{plural(rows.length, { one: "# entrada", other: "# entradas" })}</span>
                </div>
                <Table
                    label={t`Días no laborables`}
                    columns={columns}
                    rows={rows}
                    rowKey={(one) => one.id}
                    rowLabel={(one) => one.name}
                    current={abierto}
                    onOpen={(one) => go({ abierto: one.id })}
                    empty={
                        q || anio ? (
                            <EmptyState title={t`Ninguno con estos filtros`} acts={<Button onPress={() => go({ q: undefined, anio: undefined })}>{t`Quitar filtros`}</Button>} />
                        ) : (
                            <EmptyState icon={CalendarOff} title={t`Todavía no hay días no laborables`} acts={mayChange && <Button icon={Plus} onPress={() => go({ abierto: NEW })}>{t`Nuevo día`}</Button>}>
                                <Trans>Los festivos de la empresa y los días u horas sin trabajo de un grupo o una persona: el tablero los muestra al asignar.</Trans>
                            </EmptyState>
                        )
                    }
                />
            </Beside>
        </Page>
    );
}
