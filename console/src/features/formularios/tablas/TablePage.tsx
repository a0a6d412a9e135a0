// One look-up table: its items, found by name or code; one opens beside the list.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowLeft, Plus, Table2 } from "lucide-react";
import { useCallback, useMemo } from "react";
import { useActions } from "~/app/actions";
import { useFormat } from "~/app/format";
import { Beside, focusRow } from "~/app/frame/Beside";
import { Page } from "~/app/frame/Page";
import { useMay } from "~/app/session";
import { Button, type Column, EmptyState, Finder, Table } from "~/ui";
import { type Item, itemsQuery } from "../queries";
import { type ListSearch, TABLE } from "../routes";
import { ImportLink } from "./ImportLink";
import { ItemDrawer, NEW } from "./ItemDrawer";
import { columnsIn, ownCode } from "./tables";
import { tableName } from "./words";

const route = getRouteApi(TABLE);
const keyOf = (item: Item) => item.id;
/** As many of the customer's columns are in the list at most; the drawer has them all. */
const MOST_COLUMNS = 6;

export function TablePage() {
    const { t } = useLingui();
    const format = useFormat();
    const { table } = route.useParams();
    const { abierto, q } = route.useSearch();
    const navigate = route.useNavigate();
    const pages = useSuspenseInfiniteQuery(itemsQuery(table, q));
    const rows = useMemo(() => pages.data.pages.flatMap((page) => page.items), [pages.data]);
    const own = useMemo(() => columnsIn(rows), [rows]);
    const mayChange = useMay("manage_definitions");
    const go = useCallback((change: Partial<ListSearch>, replace = false) => void navigate({ search: (before: ListSearch) => ({ ...before, ...change }), replace }), [navigate]);
    const find = useCallback((text: string) => go({ q: text || undefined }, true), [go]);
    const close = () => {
        go({ abierto: undefined });
        focusRow(abierto);
    };
    const more = useCallback(() => {
        if (pages.hasNextPage && !pages.isFetching) void pages.fetchNextPage();
    }, [pages.hasNextPage, pages.isFetching, pages.fetchNextPage]);
    const columns = useMemo((): Column<Item>[] => {
        const plain = (id: string, header: string, from: number, text: (item: Item) => string | undefined): Column<Item> => ({ id, header, width: "minmax(96px,1fr)", from, cell: (item) => text(item) || "—", text: (item) => text(item) ?? "" });
        const extra = [
            ...(rows.some(({ category }) => category) ? [plain("category", t`Categoría`, 0, ({ category }) => category)] : []),
            ...(rows.some(({ unit }) => unit) ? [plain("unit", t`Unidad`, 0, ({ unit }) => unit)] : []),
            ...own.slice(0, MOST_COLUMNS).map((column) => plain(`own:${column}`, column, 0, ({ values }) => values?.[column])),
        ];
        return [
            { id: "name", header: t`Nombre`, width: "minmax(140px,1.6fr)", cell: (item) => <b>{item.name}</b>, text: (item) => item.name },
            { id: "code", header: t`Código`, width: "minmax(80px,140px)", cell: (item) => <span className="dim">{ownCode(item)}</span>, text: ownCode },
            ...extra.map((column, place) => ({ ...column, from: 420 + place * 110 })),
        ];
    }, [rows, own, t]);
    useActions([
        ...(mayChange ? [{ id: "item-new", key: "N", label: t`Nuevo elemento`, run: () => go({ abierto: NEW }) }] : []),
        { id: "search", key: "/", label: t`Buscar en la tabla`, run: () => document.querySelector<HTMLElement>(".beside .fld-search input")?.focus() },
    ]);
    const shown = format.number(rows.length);
    return (
        <Page
            section={t`Formularios`}
            title={tableName(table)}
            className="page-fill"
            bar={
                <Link to="/formularios/tablas" className="btn btn-quiet btn-s">
                    <ArrowLeft size={14} aria-hidden /> <Trans>Todas</Trans>
                </Link>
            }
            primary={
                mayChange && (
                    <Button look="primary" icon={Plus} keyName="N" onPress={() => go({ abierto: NEW })}>
                        <Trans>Nuevo elemento</Trans>
                    </Button>
                )
            }
        >
            <Beside drawer={abierto && (abierto !== NEW || mayChange) && <ItemDrawer key={abierto} id={abierto} table={table} columns={own} onClose={close} onOpen={(item) => go({ abierto: item.id }, true)} />}>
                <div className="toolbar" role="toolbar" aria-label={t`Filtros`}>
                    <Finder label={t`Buscar en la tabla`} placeholder={t`Nombre o código`} text={q ?? ""} onText={find} />
                    <ImportLink />
                    <span className="grow" />
                    <span className="count-words">{pages.hasNextPage ? t`más de ${shown} elementos` : plural(rows.length, { one: "# elemento", other: "# elementos" })}</span>
                </div>
                <Table
                    label={tableName(table)}
                    columns={columns}
                    rows={rows}
                    rowKey={keyOf}
                    rowLabel={(item) => item.name}
                    current={abierto}
                    onOpen={(item) => go({ abierto: item.id })}
                    onEnd={more}
                    empty={
                        q ? (
                            <EmptyState title={t`Ninguno se llama así`} acts={<Button onPress={() => find("")}>{t`Quitar la búsqueda`}</Button>} />
                        ) : (
                            <EmptyState icon={Table2} title={t`Esta tabla no tiene elementos`} acts={mayChange && <Button icon={Plus} onPress={() => go({ abierto: NEW })}>{t`Nuevo elemento`}</Button>}>
                                <Trans>Una tabla existe mientras tenga elementos: con el primero aparece entre las tablas.</Trans>
                            </EmptyState>
                        )
                    }
                />
            </Beside>
        </Page>
    );
}
