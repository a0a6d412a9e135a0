// Exports: files that Campo makes for other systems, by hand or by the clock.
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { FolderOutput, Plus } from "lucide-react";
import { useActions } from "~/app/actions";
import { useFormat } from "~/app/format";
import { Beside, focusRow } from "~/app/frame/Beside";
import { Button, type Column, EmptyState, Table } from "~/ui";
import { ExchangePage } from "./ExchangePage";
import { ExportDrawer } from "./ExportDrawer";
import { ExportForm } from "./ExportForm";
import { type Export, exportsQuery } from "./queries";
import { EXPORTS, type OpenSearch } from "./routes";
import { useScheduleWords } from "./ScheduleField";
import { readSchedule } from "./schedule";

const route = getRouteApi(EXPORTS);
const NEW = "nueva";

export function Exports() {
    const { t } = useLingui();
    const format = useFormat();
    const scheduleWords = useScheduleWords();
    const { abierto, editar } = route.useSearch();
    const navigate = route.useNavigate();
    const all = useSuspenseQuery(exportsQuery()).data;
    const go = (search: OpenSearch, replace = false) => void navigate({ search, replace });
    const close = () => {
        go({});
        focusRow(abierto);
    };
    const what = (one: Export) => `${{ tasks: t`Tareas`, entries: t`Lo capturado`, timesheets: t`Jornadas` }[one.what]} · ${one.format === "office_track" ? "xml" : (one.format ?? "xlsx")}`;
    const when = (one: Export) => scheduleWords(readSchedule(one.schedule));
    const next = (one: Export) => (one.state === "disabled" ? t`Apagada` : one.next_run_at ? format.moment(one.next_run_at) : "—");
    const columns: Column<Export>[] = [
        { id: "name", header: t`Exportación`, width: "minmax(130px,1.3fr)", cell: (one) => <b>{one.name}</b>, text: (one) => one.name },
        { id: "what", header: t`Qué lleva`, width: "minmax(110px,1fr)", from: 480, cell: what, text: what },
        { id: "when", header: t`Cuándo`, width: "minmax(120px,1.3fr)", from: 620, cell: when, text: when },
        { id: "next", header: t`Próxima`, width: "118px", cell: next, text: next },
        { id: "runs", header: t`Veces`, width: "64px", numeric: true, from: 700, cell: (one) => one.runs, text: (one) => String(one.runs) },
    ];
    const current = all.find(({ id }) => id === abierto);
    useActions([
        { id: "export-new", key: "N", label: t`Nueva exportación`, run: () => go({ abierto: NEW }) },
        ...(current ? [{ id: "export-edit", key: "E", label: t`Editar la exportación abierta`, run: () => go({ abierto, editar: true }) }] : []),
    ]);
    const drawer =
        abierto === NEW ? (
            <ExportForm onClose={close} onSaved={(saved) => go({ abierto: saved.id }, true)} />
        ) : current && editar ? (
            <ExportForm key={current.id} known={current} onClose={() => go({ abierto })} onSaved={() => go({ abierto })} />
        ) : current ? (
            <ExportDrawer key={current.id} known={current} onClose={close} onEdit={() => go({ abierto, editar: true })} />
        ) : undefined;
    return (
        <ExchangePage
            primary={
                <Button look="primary" icon={Plus} keyName="N" onPress={() => go({ abierto: NEW })}>
                    <Trans>Nueva exportación</Trans>
                </Button>
            }
        >
            <Beside drawer={drawer}>
                <Table
                    label={t`Exportaciones`}
                    columns={columns}
                    rows={all}
                    rowKey={(one) => one.id}
                    rowLabel={(one) => one.name}
                    current={abierto}
                    onOpen={(one) => go({ abierto: one.id })}
                    empty={
                        <EmptyState icon={FolderOutput} title={t`Nada se exporta todavía`} acts={<Button icon={Plus} onPress={() => go({ abierto: NEW })}>{t`Nueva exportación`}</Button>}>
                            <Trans>Una exportación escribe tareas o capturas en un archivo con las columnas de otro sistema, y lo deja donde ese sistema lo recoge.</Trans>
                        </EmptyState>
                    }
                />
            </Beside>
        </ExchangePage>
    );
}
