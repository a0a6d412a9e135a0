// The look-up tables: which there are, how long they are, and which columns they have of their own.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { Plus, Table2 } from "lucide-react";
import { useMemo } from "react";
import { useActions } from "~/app/actions";
import { useFormat } from "~/app/format";
import { Beside } from "~/app/frame/Beside";
import { Page } from "~/app/frame/Page";
import { useMay } from "~/app/session";
import { folded } from "~/app/words";
import { Button, type Column, EmptyState, Note, SearchField, Table } from "~/ui";
import { type ListSearch, TABLE } from "../routes";
import { ImportLink } from "./ImportLink";
import { ItemDrawer, NEW } from "./ItemDrawer";
import type { LookUp } from "./tables";
import { useTables } from "./useTables";
import { tableName } from "./words";

const route = getRouteApi("/formularios/tablas");
export function Tables() {
    const { t } = useLingui();
    const format = useFormat();
    const router = useRouter();
    const { abierto, q } = route.useSearch();
    const navigate = route.useNavigate();
    const { tables, counted, reading, cut } = useTables();
    const mayChange = useMay("manage_definitions");
    const go = (change: Partial<ListSearch>, replace = false) => void navigate({ search: (before: ListSearch) => ({ ...before, ...change }), replace });
    const open = (table: string, item?: string) => void router.navigate({ to: TABLE, params: { table }, search: { abierto: item } });
    const rows = useMemo(() => tables.filter(({ code }) => folded(`${tableName(code)} ${code}`).includes(folded(q ?? ""))), [tables, q]);
    const count = (table: LookUp) => format.number(table.items);
    const own = (table: LookUp) => table.columns.join(" · ") || "—";
    const columns: Column<LookUp>[] = [
        { id: "name", header: t`Tabla`, width: "minmax(140px,1fr)", cell: (table) => <b>{tableName(table.code)}</b>, text: (table) => tableName(table.code) },
        { id: "items", header: t`Elementos`, width: "104px", numeric: true, cell: count, text: count },
        { id: "columns", header: t`Sus columnas`, width: "minmax(160px,2fr)", from: 480, cell: own, text: own },
    ];
    useActions([
        ...(mayChange ? [{ id: "table-new", key: "N", label: t`Nueva tabla`, run: () => go({ abierto: NEW }) }] : []),
        { id: "search", key: "/", label: t`Buscar tablas`, run: () => document.querySelector<HTMLElement>(".beside .fld-search input")?.focus() },
    ]);
    const add = mayChange && (
        <Button icon={Plus} onPress={() => go({ abierto: NEW })}>
            <Trans>Nueva tabla</Trans>
        </Button>
    );
    return (
        <Page
            section={t`Formularios`}
            title={t`Tablas`}
            className="page-fill"
            primary={
                mayChange && (
                    <Button look="primary" icon={Plus} keyName="N" onPress={() => go({ abierto: NEW })}>
                        <Trans>Nueva tabla</Trans>
                    </Button>
                )
            }
        >
            <Beside drawer={abierto === NEW && mayChange && <ItemDrawer id={NEW} onClose={() => go({ abierto: undefined })} onOpen={(item) => open(item.table, item.id)} />}>
                <div className="toolbar" role="toolbar" aria-label={t`Filtros`}>
                    <SearchField label={t`Buscar tablas`} placeholder={t`Nombre de la tabla`} value={q ?? ""} onChange={(text) => go({ q: text || undefined }, true)} />
                    <ImportLink />
                    <span className="grow" />
                    <span className="count-words">{plural(rows.length, { one: "# tabla", other: "# tablas" })}</span>
                </div>
                {cut && (
                    <Note>
                        <Trans>Se contaron los primeros {format.number(counted)} elementos, por nombre: puede haber más, y otras tablas. Una que falte se abre escribiendo su nombre completo.</Trans>{" "}
                        {q && !tables.some(({ code }) => code === q) && <Button small onPress={() => open(q)}>{t`Abrir «${q}»`}</Button>}
                    </Note>
                )}
                <Table
                    label={t`Tablas`}
                    columns={columns}
                    rows={rows}
                    rowKey={(table) => table.code}
                    rowLabel={(table) => tableName(table.code)}
                    onOpen={(table) => open(table.code)}
                    busy={reading}
                    empty={
                        q ? (
                            <EmptyState title={t`Ninguna se llama así`} acts={<Button onPress={() => go({ q: undefined })}>{t`Quitar la búsqueda`}</Button>} />
                        ) : (
                            <EmptyState icon={Table2} title={t`Todavía no hay tablas`} acts={mayChange && <>{add} <ImportLink /></>}>
                                <Trans>Una tabla es una lista de la que se elige al llenar un formulario: materiales, causas, ciudades. Cada elemento tiene un código y un nombre.</Trans> {mayChange && <Trans>Escríbala aquí, o impórtela de una planilla de cálculo.</Trans>}
                            </EmptyState>
                        )
                    }
                />
            </Beside>
        </Page>
    );
}
