// What was imported: when, which file, how far, with which outcome, by whom.
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { FileUp, History } from "lucide-react";
import { useCallback, useMemo } from "react";
import { useActions } from "~/app/actions";
import { useFormat } from "~/app/format";
import { Page } from "~/app/frame/Page";
import { type Column, EmptyState, Table } from "~/ui";
import { HeldBack } from "./HeldBack";
import { Proportions } from "./Figures";
import { type Run, runsQuery } from "./queries";
import { RunCurves } from "./RunCurves";
import { RunState, stateLabel, useAuthor, useTemplateNames } from "./words";

export function Runs() {
    const { t } = useLingui();
    const format = useFormat();
    const navigate = useNavigate();
    const authorOf = useAuthor();
    const names = useTemplateNames();
    const pages = useSuspenseInfiniteQuery(runsQuery());
    const rows = useMemo(() => pages.data.pages.flatMap((page) => page.items), [pages.data]);
    const more = useCallback(() => {
        if (pages.hasNextPage && !pages.isFetching) void pages.fetchNextPage();
    }, [pages.hasNextPage, pages.isFetching, pages.fetchNextPage]);
    useActions([{ id: "import-new", key: "N", label: t`Importar un archivo`, run: () => void navigate({ to: "/integraciones/importar" }) }]);
    const counts = (run: Run) => [run.created > 0 && t`${format.number(run.created)} creadas`, run.updated > 0 && t`${format.number(run.updated)} cambiadas`, run.unchanged > 0 && t`${format.number(run.unchanged)} sin cambios`, run.refused > 0 && t`${format.number(run.refused)} rechazadas`].filter(Boolean).join(" · ") || "—";
    const columns: Column<Run>[] = [
        { id: "when", header: t`Cuándo`, width: "minmax(96px,120px)", from: 420, cell: (run) => format.moment(run.created_at), text: (run) => format.moment(run.created_at) },
        { id: "file", header: t`Archivo`, width: "minmax(140px,2fr)", cell: (run) => <b>{run.file_name || t`Sin nombre`}</b>, text: (run) => run.file_name },
        { id: "state", header: t`Estado`, width: "minmax(140px,190px)", cell: (run) => <RunState run={run} />, text: stateLabel },
        { id: "bar", header: t`Filas`, width: "160px", from: 860, cell: (run) => <Proportions counts={run} rows={run.rows} /> },
        { id: "outcome", header: t`Resultado`, width: "minmax(150px,2fr)", from: 620, cell: counts, text: counts },
        { id: "template", header: t`Planilla`, width: "minmax(120px,1.5fr)", from: 980, cell: (run) => <span className="dim">{run.template ? names(run.template) : "—"}</span>, text: (run) => (run.template ? names(run.template) : "") },
        { id: "who", header: t`Quién`, width: "minmax(90px,1fr)", from: 740, cell: (run) => authorOf(run.author), text: (run) => authorOf(run.author) },
    ];
    return (
        <Page
            section={t`Integraciones`}
            title={t`Historial`}
            className="page-fill"
            primary={
                <Link to="/integraciones/importar" className="btn btn-primary">
                    <FileUp size={16} aria-hidden />
                    <Trans>Importar</Trans>
                    <kbd aria-hidden>N</kbd>
                </Link>
            }
        >
            <HeldBack />
            <RunCurves runs={rows} whole={!pages.hasNextPage} />
            <Table
                label={t`Importaciones`}
                columns={columns}
                rows={rows}
                rowKey={keyOf}
                rowLabel={(run) => `${run.file_name} ${format.moment(run.created_at)} ${stateLabel(run)}`}
                onOpen={(run) => void navigate({ to: "/integraciones/historial/$import", params: { import: run.id } })}
                onEnd={more}
                empty={
                    <EmptyState
                        icon={History}
                        title={t`Todavía no se importó nada`}
                        acts={
                            <Link to="/integraciones/importar" className="btn">
                                <Trans>Importar un archivo</Trans>
                            </Link>
                        }
                    >
                        <Trans>Aquí quedan los archivos que se importan a mano y los que llegan por intercambio de archivos, con lo que fue de cada fila.</Trans>
                    </EmptyState>
                }
            />
        </Page>
    );
}

const keyOf = (run: Run) => run.id;
