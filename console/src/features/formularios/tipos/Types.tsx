// Task types: what tasks of a type need, may become, and are called.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ClipboardList, Plus } from "lucide-react";
import { useMemo } from "react";
import { useActions } from "~/app/actions";
import { useFormat } from "~/app/format";
import { Beside, focusRow } from "~/app/frame/Beside";
import { Page } from "~/app/frame/Page";
import { useMay } from "~/app/session";
import { folded } from "~/app/words";
import { Button, type Column, EmptyState, SearchField, Table } from "~/ui";
import { formsQuery, type TaskType, typesQuery } from "../queries";
import type { ListSearch } from "../routes";
import { TypeDrawer } from "./TypeDrawer";
import "../formularios.css";

const route = getRouteApi("/formularios/tipos-de-tarea");
const NEW = "nuevo";

export function Types() {
    const { t } = useLingui();
    const format = useFormat();
    const { abierto, q } = route.useSearch();
    const navigate = route.useNavigate();
    const types = useSuspenseQuery(typesQuery()).data;
    const forms = useSuspenseQuery(formsQuery()).data;
    const mayChange = useMay("manage_definitions");
    const go = (change: Partial<ListSearch>, replace = false) => void navigate({ search: (before: ListSearch) => ({ ...before, ...change }), replace });
    const close = () => {
        go({ abierto: undefined });
        focusRow(abierto);
    };
    const rows = useMemo(() => types.filter((type) => folded(`${type.name} ${type.code}`).includes(folded(q ?? ""))), [types, q]);
    const labels = (type: TaskType) => (type.data_labels ?? []).map(({ label }) => label).join(" · ") || "—";
    const needs = (type: TaskType) => (type.required_forms ?? []).map((id) => forms.find((form) => form.id === id)?.name ?? id).join(" · ") || "—";
    const takes = (type: TaskType) => (type.planned_minutes == null ? "—" : format.minutes(type.planned_minutes));
    const columns: Column<TaskType>[] = [
        { id: "name", header: t`Tipo`, width: "minmax(120px,1.2fr)", cell: (type) => <b>{type.name}</b>, text: (type) => type.name },
        { id: "code", header: t`Código`, width: "minmax(80px,120px)", cell: (type) => <span className="dim">{type.code}</span>, text: (type) => type.code },
        { id: "labels", header: t`Sus campos`, width: "minmax(140px,2fr)", from: 480, cell: labels, text: labels },
        { id: "forms", header: t`Formularios obligatorios`, width: "minmax(130px,1.2fr)", from: 640, cell: needs, text: needs },
        { id: "takes", header: t`Dura`, width: "80px", numeric: true, from: 560, cell: takes, text: takes },
    ];
    const current = types.find(({ id }) => id === abierto);
    useActions([
        ...(mayChange ? [{ id: "type-new", key: "N", label: t`Nuevo tipo de tarea`, run: () => go({ abierto: NEW }) }] : []),
        { id: "search", key: "/", label: t`Buscar tipos de tarea`, run: () => document.querySelector<HTMLElement>(".beside .fld-search input")?.focus() },
    ]);
    return (
        <Page
            section={t`Formularios`}
            title={t`Tipos de tarea`}
            className="page-fill"
            primary={
                mayChange && (
                    <Button look="primary" icon={Plus} keyName="N" onPress={() => go({ abierto: NEW })}>
                        <Trans>Nuevo tipo</Trans>
                    </Button>
                )
            }
        >
            <Beside drawer={((abierto === NEW && mayChange) || current) && <TypeDrawer key={abierto} type={current} forms={forms} onClose={close} onOpen={(id) => go({ abierto: id }, true)} />}>
                <div className="toolbar" role="toolbar" aria-label={t`Filtros`}>
                    <SearchField label={t`Buscar tipos de tarea`} placeholder={t`Nombre o código`} value={q ?? ""} onChange={(text) => go({ q: text || undefined }, true)} />
                    <span className="grow" />
                    <span className="count-words">{plural(rows.length, { one: "# tipo", other: "# tipos" })}</span>
                </div>
                <Table
                    label={t`Tipos de tarea`}
                    columns={columns}
                    rows={rows}
                    rowKey={(type) => type.id}
                    rowLabel={(type) => type.name}
                    current={abierto}
                    onOpen={(type) => go({ abierto: type.id })}
                    empty={
                        q ? (
                            <EmptyState title={t`Ninguno se llama así`} acts={<Button onPress={() => go({ q: undefined })}>{t`Quitar la búsqueda`}</Button>} />
                        ) : (
                            <EmptyState icon={ClipboardList} title={t`Todavía no hay tipos de tarea`} acts={mayChange && <Button icon={Plus} onPress={() => go({ abierto: NEW })}>{t`Nuevo tipo`}</Button>}>
                                <Trans>Un tipo dice cómo se llaman los campos Data1 a Data40 de sus tareas, cuáles ve el técnico y qué formularios hay que llenar antes de cerrarlas.</Trans>
                            </EmptyState>
                        )
                    }
                />
            </Beside>
        </Page>
    );
}
