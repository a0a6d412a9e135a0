// The rows of an import, those with one outcome only where that is asked for; one of them open beside the list.
import { useLingui } from "@lingui/react/macro";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { refusalOf } from "~/api/problem";
import { Beside, focusRow } from "~/app/frame/Beside";
import { type Column, EmptyState, Note, Select, Table } from "~/ui";
import { isOver, type Outcome, type Row, rowsQuery, type Run } from "./queries";
import { RowDrawer } from "./RowDrawer";
import { OUTCOMES, OutcomeMark, outcomeLabel } from "./words";

const route = getRouteApi("/integraciones/historial/$import");
const ALL = "all";

export function RunRows({ run }: { run: Run }) {
    const { t } = useLingui();
    const search = route.useSearch();
    const navigate = route.useNavigate();
    const outcome = OUTCOMES.find((one) => one === search.resultado);
    const pages = useInfiniteQuery(rowsQuery(run.id, outcome));
    const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
    const more = useCallback(() => {
        if (pages.hasNextPage && !pages.isFetching) void pages.fetchNextPage();
    }, [pages.hasNextPage, pages.isFetching, pages.fetchNextPage]);
    const go = (change: Partial<typeof search>) => void navigate({ search: (before: typeof search) => ({ ...before, ...change }), replace: true });
    const counts: Record<Outcome, number | undefined> = { created: run.created, updated: run.updated, unchanged: run.unchanged, refused: run.refused, skipped: run.skipped, pending: undefined };
    const cells = (row: Row) => row.cells.filter(Boolean).join(" · ");
    const why = (row: Row) => (row.faults ?? []).map((fault) => `${fault.column ?? ""}${fault.column ? fault.row : ""}${fault.column ? ": " : ""}${fault.message}`).join(" ");
    const columns: Column<Row>[] = [
        { id: "row", header: t`Fila`, width: "72px", numeric: true, cell: (row) => row.row, text: (row) => String(row.row) },
        { id: "outcome", header: t`Resultado`, width: "128px", cell: (row) => <OutcomeMark outcome={row.outcome} />, text: (row) => outcomeLabel(row.outcome) },
        { id: "why", header: t`Motivo`, width: "minmax(160px,2fr)", from: 620, cell: why, text: why },
        { id: "cells", header: t`Lo que decía`, width: "minmax(140px,3fr)", cell: (row) => <span className="dim">{cells(row)}</span>, text: cells },
    ];
    const current = rows.find((row) => row.row === search.fila);
    const close = () => {
        go({ fila: undefined });
        focusRow(current && keyOf(current));
    };
    if (pages.isError) return <Note kind="refused">{refusalOf(pages.error).problem.detail}</Note>;
    return (
        <Beside drawer={current && <RowDrawer key={current.row} row={current} onClose={close} />}>
            <div className="toolbar">
                <Select
                    label={t`Resultado`}
                    hideLabel
                    value={outcome ?? ALL}
                    onChange={(id) => go({ resultado: id === ALL ? undefined : id, fila: undefined })}
                    options={[{ id: ALL, label: t`Todas las filas` }, ...OUTCOMES.filter((one) => one !== "pending" || run.state !== "done").map((one) => ({ id: one, label: counts[one] === undefined ? outcomeLabel(one) : `${outcomeLabel(one)} · ${counts[one]}` }))]}
                />
            </div>
            <Table
                label={t`Filas`}
                columns={columns}
                rows={rows}
                rowKey={keyOf}
                rowLabel={(row) => t`Fila ${row.row}, ${outcomeLabel(row.outcome)}`}
                onOpen={(row) => go({ fila: row.row })}
                current={current && keyOf(current)}
                onEnd={more}
                busy={pages.isFetching}
                empty={
                    pages.isPending ? (
                        <span />
                    ) : (
                        <EmptyState title={outcome ? t`Ninguna fila con este resultado` : isOver(run) ? t`No tiene filas` : t`Las filas aparecen cuando el archivo se leyó`} />
                    )
                }
            />
        </Beside>
    );
}

const keyOf = (row: Row) => String(row.row);
