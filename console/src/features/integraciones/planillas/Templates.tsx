// The templates: what each makes of a file's columns, and where it is used.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Ban, CircleCheck, FileUp, Sheet } from "lucide-react";
import { useMemo, useState } from "react";
import { useActions } from "~/app/actions";
import { useFormat } from "~/app/format";
import { Beside, focusRow } from "~/app/frame/Beside";
import { Page } from "~/app/frame/Page";
import { useMay } from "~/app/session";
import { folded } from "~/app/words";
import { Button, type Column, EmptyState, SearchField, Status, Table } from "~/ui";
import { useMakes } from "../importar/makes";
import { intakesQuery, type Template, templatesQuery } from "../importar/queries";
import { TemplateDrawer } from "./TemplateDrawer";
import "../importar/importar.css";

const route = getRouteApi("/integraciones/planillas");

export function Templates() {
    const { t } = useLingui();
    const format = useFormat();
    const navigate = route.useNavigate();
    const { abierta } = route.useSearch();
    const all = useSuspenseQuery(templatesQuery()).data;
    const mayExchange = useMay("manage_exchange");
    const intakes = useQuery({ ...intakesQuery(), enabled: mayExchange }).data;
    const [words, setWords] = useState("");
    const rows = useMemo(() => all.filter((one) => folded(`${one.name} ${one.code}`).includes(folded(words))), [all, words]);
    const open = (id?: string) => void navigate({ search: id ? { abierta: id } : {} });
    const close = () => {
        open();
        focusRow(abierta);
    };
    useActions([{ id: "import-new", key: "N", label: t`Importar un archivo`, run: () => void navigate({ to: "/integraciones/importar" }) }]);
    const allMakes = useMakes();
    const makes = (one: Template) => allMakes.find((words) => words.id === one.makes)?.many ?? one.makes;
    const used = (one: Template) => (intakes ?? []).filter((intake) => intake.template === one.id).map((intake) => `/in${intake.folder ? `/${intake.folder}` : ""} · ${intake.pattern ?? "*"}`);
    const columns: Column<Template>[] = [
        { id: "name", header: t`Nombre`, width: "minmax(150px,2fr)", cell: (one) => <b>{one.name}</b>, text: (one) => one.name },
        { id: "makes", header: t`Cada fila es`, width: "minmax(110px,150px)", from: 480, cell: makes, text: makes },
        { id: "columns", header: t`Columnas`, width: "88px", numeric: true, from: 640, cell: (one) => one.columns?.length ?? 0, text: (one) => String(one.columns?.length ?? 0) },
        ...(mayExchange ? [{ id: "used", header: t`Intercambio de archivos`, width: "minmax(120px,2fr)", from: 560, cell: (one: Template) => (used(one).length > 0 ? used(one).join("; ") : <span className="dim">—</span>), text: (one: Template) => used(one).join("; ") }] : []),
        {
            id: "state",
            header: t`Estado`,
            width: "112px",
            from: 400,
            cell: (one) => (
                <Status family={one.state === "disabled" ? "withdrawn" : "past"} icon={one.state === "disabled" ? Ban : CircleCheck}>
                    {one.state === "disabled" ? t`Fuera de uso` : t`En uso`}
                </Status>
            ),
            text: (one) => (one.state === "disabled" ? t`Fuera de uso` : t`En uso`),
        },
        { id: "updated", header: t`Cambiada`, width: "120px", from: 760, cell: (one) => format.moment(one.updated_at), text: (one) => format.moment(one.updated_at) },
    ];
    const current = all.find((one) => one.id === abierta);
    return (
        <Page
            section={t`Integraciones`}
            title={t`Planillas`}
            className="page-fill"
            primary={
                <Link to="/integraciones/importar" className="btn btn-primary">
                    <FileUp size={16} aria-hidden />
                    <Trans>Importar</Trans>
                    <kbd aria-hidden>N</kbd>
                </Link>
            }
        >
            <Beside drawer={current && <TemplateDrawer key={current.id} template={current} intakes={intakes?.filter((one) => one.template === current.id)} onClose={close} />}>
                {all.length > 0 && (
                    <div className="toolbar">
                        <SearchField label={t`Buscar planillas`} value={words} onChange={setWords} />
                        <span className="count-words">{plural(rows.length, { one: "# planilla", other: "# planillas" })}</span>
                    </div>
                )}
                <Table
                    label={t`Planillas`}
                    columns={columns}
                    rows={rows}
                    rowKey={(one) => one.id}
                    rowLabel={(one) => one.name}
                    onOpen={(one) => open(one.id)}
                    current={abierta}
                    empty={
                        all.length > 0 ? (
                            <EmptyState title={t`Ninguna planilla se llama así`} acts={<Button onPress={() => setWords("")}>{t`Quitar la búsqueda`}</Button>} />
                        ) : (
                            <EmptyState
                                icon={Sheet}
                                title={t`Todavía no hay planillas`}
                                acts={
                                    <Link to="/integraciones/importar" className="btn">
                                        <Trans>Importar un archivo</Trans>
                                    </Link>
                                }
                            >
                                <Trans>Una planilla guarda qué campo llena cada columna. Se hace al importar un archivo, con «Guardar planilla».</Trans>
                            </EmptyState>
                        )
                    }
                />
            </Beside>
        </Page>
    );
}
