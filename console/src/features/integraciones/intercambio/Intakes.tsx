// Intakes: a folder, a pattern of names and the planilla by which what comes there is imported.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Ban, CircleCheck, FolderInput, Plus } from "lucide-react";
import { useActions } from "~/app/actions";
import { Beside, focusRow } from "~/app/frame/Beside";
import { useMay } from "~/app/session";
import { Button, type Column, EmptyState, Status, Table } from "~/ui";
import { ExchangePage } from "./ExchangePage";
import { IntakeDrawer } from "./IntakeDrawer";
import { type Intake, intakesQuery, templatesQuery } from "./queries";
import { INTAKES } from "./routes";

const route = getRouteApi(INTAKES);
const NEW = "nueva";

export function Intakes() {
    const { t } = useLingui();
    const { abierto } = route.useSearch();
    const navigate = route.useNavigate();
    const intakes = useSuspenseQuery(intakesQuery()).data;
    const templates = useQuery({ ...templatesQuery(), enabled: useMay("run_imports") }).data;
    const open = (id?: string, replace = false) => void navigate({ search: { abierto: id }, replace });
    const close = () => {
        open();
        focusRow(abierto);
    };
    const templateOf = (intake: Intake) => templates?.find(({ id }) => id === intake.template)?.name ?? intake.template;
    const path = (intake: Intake) => ["in", intake.folder, intake.pattern].filter(Boolean).join("/");
    const columns: Column<Intake>[] = [
        { id: "name", header: t`Entrada`, width: "minmax(120px,1.2fr)", cell: (intake) => <b>{intake.name}</b>, text: (intake) => intake.name },
        { id: "path", header: t`Carpeta y nombre`, width: "minmax(140px,1.6fr)", from: 420, cell: (intake) => <code>{path(intake)}</code>, text: path },
        { id: "template", header: t`Planilla`, width: "minmax(110px,1fr)", from: 600, cell: templateOf, text: templateOf },
        {
            id: "state",
            header: t`Estado`,
            width: "118px",
            cell: (intake) =>
                intake.state === "disabled" ? (
                    <Status family="wait" icon={Ban}>
                        <Trans>No recibe</Trans>
                    </Status>
                ) : (
                    <Status family="past" icon={CircleCheck}>
                        <Trans>Recibe</Trans>
                    </Status>
                ),
        },
    ];
    useActions([{ id: "intake-new", key: "N", label: t`Nueva entrada de archivos`, run: () => open(NEW) }]);
    const current = intakes.find(({ id }) => id === abierto);
    return (
        <ExchangePage
            primary={
                <Button look="primary" icon={Plus} keyName="N" onPress={() => open(NEW)}>
                    <Trans>Nueva entrada</Trans>
                </Button>
            }
        >
            <Beside drawer={(abierto === NEW || current) && <IntakeDrawer key={abierto} intake={current} templates={templates} onClose={close} onOpen={(id) => open(id, true)} />}>
                <Table
                    label={t`Entradas de archivos`}
                    columns={columns}
                    rows={intakes}
                    rowKey={(intake) => intake.id}
                    rowLabel={(intake) => intake.name}
                    current={abierto}
                    onOpen={(intake) => open(intake.id)}
                    empty={
                        <EmptyState icon={FolderInput} title={t`Ninguna carpeta se importa sola todavía`} acts={<Button icon={Plus} onPress={() => open(NEW)}>{t`Nueva entrada`}</Button>}>
                            <Trans>Una entrada toma los archivos que llegan a una carpeta y los importa con una planilla, sin que nadie esté delante.</Trans>
                        </EmptyState>
                    }
                />
            </Beside>
        </ExchangePage>
    );
}
