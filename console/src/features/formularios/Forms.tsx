// The forms: found by name, each with its version and how much it asks; one opens on a page of its own.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { ClipboardList, Plus } from "lucide-react";
import { useMemo } from "react";
import { useActions } from "~/app/actions";
import { useFormat } from "~/app/format";
import { Beside } from "~/app/frame/Beside";
import { Page } from "~/app/frame/Page";
import { useMay } from "~/app/session";
import { folded } from "~/app/words";
import { Button, type Column, EmptyState, SearchField, Table } from "~/ui";
import { type Form, formsQuery } from "./queries";
import { FORM, type ListSearch, NEW_FORM } from "./routes";

const route = getRouteApi("/formularios/formularios");

export function Forms() {
    const { t } = useLingui();
    const format = useFormat();
    const router = useRouter();
    const { q } = route.useSearch();
    const navigate = route.useNavigate();
    const forms = useSuspenseQuery(formsQuery()).data;
    const mayChange = useMay("manage_definitions");
    const open = (form: string) => void router.navigate({ to: FORM, params: { form } });
    const search = (text: string) => void navigate({ search: (): ListSearch => ({ q: text || undefined }), replace: true });
    const rows = useMemo(() => forms.filter((form) => folded(`${form.name} ${form.code} ${form.category ?? ""}`).includes(folded(q ?? ""))), [forms, q]);
    const asks = (form: Form) => plural(form.fields?.length ?? 0, { one: "# pregunta", other: "# preguntas" });
    const columns: Column<Form>[] = [
        { id: "name", header: t`Formulario`, width: "minmax(140px,1.6fr)", cell: (form) => <b>{form.name}</b>, text: (form) => form.name },
        { id: "code", header: t`Código`, width: "minmax(80px,140px)", from: 420, cell: (form) => <span className="dim">{form.code}</span>, text: (form) => form.code },
        { id: "category", header: t`Categoría`, width: "minmax(90px,1fr)", from: 620, cell: (form) => form.category || "—", text: (form) => form.category ?? "" },
        { id: "asks", header: t`Pregunta`, width: "112px", cell: asks, text: asks },
        { id: "version", header: t`Versión`, width: "72px", numeric: true, from: 500, cell: (form) => form.version, text: (form) => String(form.version) },
        { id: "changed", header: t`Cambió`, width: "118px", from: 740, cell: (form) => format.moment(form.updated_at), text: (form) => form.updated_at },
    ];
    useActions([
        ...(mayChange ? [{ id: "form-new", key: "N", label: t`Nuevo formulario`, run: () => open(NEW_FORM) }] : []),
        { id: "search", key: "/", label: t`Buscar formularios`, run: () => document.querySelector<HTMLElement>(".beside .fld-search input")?.focus() },
    ]);
    return (
        <Page
            section={t`Formularios`}
            title={t`Formularios`}
            className="page-fill"
            primary={
                mayChange && (
                    <Button look="primary" icon={Plus} keyName="N" onPress={() => open(NEW_FORM)}>
                        <Trans>Nuevo formulario</Trans>
                    </Button>
                )
            }
        >
            <Beside>
                <div className="toolbar" role="toolbar" aria-label={t`Filtros`}>
                    <SearchField label={t`Buscar formularios`} placeholder={t`Nombre, código o categoría`} value={q ?? ""} onChange={search} />
                    <span className="grow" />
                    <span className="count-words">{plural(rows.length, { one: "# formulario", other: "# formularios" })}</span>
                </div>
                <Table
                    label={t`Formularios`}
                    columns={columns}
                    rows={rows}
                    rowKey={(form) => form.id}
                    rowLabel={(form) => form.name}
                    onOpen={(form) => open(form.id)}
                    empty={
                        q ? (
                            <EmptyState title={t`Ninguno se llama así`} acts={<Button onPress={() => search("")}>{t`Quitar la búsqueda`}</Button>} />
                        ) : (
                            <EmptyState icon={ClipboardList} title={t`Todavía no hay formularios`} acts={mayChange && <Button icon={Plus} onPress={() => open(NEW_FORM)}>{t`Nuevo formulario`}</Button>}>
                                <Trans>Un formulario es lo que el teléfono pregunta: lecturas, listas para elegir, fotos, firmas.</Trans>
                            </EmptyState>
                        )
                    }
                />
            </Beside>
        </Page>
    );
}
