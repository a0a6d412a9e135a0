// One form: its questions on the left, as the phone shows them on the right. Publishing is saving: the phones get the new
// version, and what was filled keeps the one that it answers.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useRouter } from "@tanstack/react-router";
import { ArrowLeft, Send } from "lucide-react";
import { useState } from "react";
import { useActions } from "~/app/actions";
import { EditForm, useEditing } from "~/app/editing";
import { Page } from "~/app/frame/Page";
import { employeeProfilesQuery, groupOptions, groupsQuery } from "~/app/people";
import { queries } from "~/app/queries";
import { RemovalAct, useRemoval } from "~/app/removal";
import { useMay } from "~/app/session";
import { Versions } from "~/app/Versions";
import { Button, ErrorSummary, PickMany, say, TextField, useNarrow } from "~/ui";
import { type Form, formQuery, oneForm } from "../queries";
import { FORM, NEW_FORM } from "../routes";
import { changeForm, formVersions, makeForm, removeForm } from "../writes";
import { type FormDraft, formBody, formDraft } from "./draft";
import { Preview } from "./Preview";
import { Questions } from "./Questions";
import "../formularios.css";

const route = getRouteApi(FORM);
const again = () => queries.invalidateQueries({ queryKey: ["definitions"] });

export function FormPage() {
    const { form } = route.useParams();
    return form === NEW_FORM ? <Editor key="new" /> : <Known key={form} id={form} />;
}

function Known({ id }: { id: string }) {
    return <Editor form={useSuspenseQuery(formQuery(id)).data} />;
}

function Editor({ form }: { form?: Form }) {
    const { t } = useLingui();
    const router = useRouter();
    const narrow = useNarrow();
    const mayChange = useMay("manage_definitions");
    const [looking, look] = useState(false);
    const editing = useEditing<FormDraft, Form>({
        place: `form:${form?.id ?? "new"}`,
        object: form,
        draftOf: formDraft,
        versionOf: (one) => one.object_version,
        bodyOf: formBody,
        create: makeForm,
        change: (changes, version) => changeForm(form?.id ?? "", changes, version),
        again: () => oneForm(form?.id ?? ""),
        saved: async (saved) => {
            say(form && saved.version === form.version ? t`«${saved.name}» guardado` : t`«${saved.name}» publicado: versión ${saved.version ?? 1}`);
            await again();
            if (!form) void router.navigate({ to: FORM, params: { form: saved.id }, replace: true });
        },
    });
    const { draft } = editing;
    const nothing = form && !editing.changed ? t`Nada ha cambiado.` : undefined;
    useActions(mayChange ? [{ id: "form-publish", key: "P", label: t`Publicar el formulario`, reason: nothing, run: () => editing.submit() }] : []);
    const publish = mayChange && (
        <Button look="primary" icon={Send} keyName="P" pending={editing.pending} reason={nothing} onPress={() => editing.submit()}>
            <Trans>Publicar</Trans>
        </Button>
    );
    const bar = (
        <>
            <Link to="/formularios/formularios" className="btn btn-quiet btn-s">
                <ArrowLeft size={14} aria-hidden /> <Trans>Todos</Trans>
            </Link>
            {form && <span className="dim">{t`Versión ${form.version ?? 1}`}</span>}
            {narrow && (
                <Button small onPress={() => look(!looking)}>
                    {looking ? <Trans>Preguntas</Trans> : <Trans>Vista previa</Trans>}
                </Button>
            )}
        </>
    );
    return (
        <Page section={t`Formularios`} title={form?.name ?? t`Nuevo formulario`} className="page-fill" bar={bar} primary={publish}>
            <div className="form-editor">
                {(!narrow || !looking) && (
                    <div className="form-editor-main">
                        <Fields form={form} editing={editing} mayChange={mayChange} />
                        {form && <About form={form} mayChange={mayChange} />}
                    </div>
                )}
                {(!narrow || looking) && <Preview name={draft.name} questions={draft.questions} />}
            </div>
        </Page>
    );
}

function Fields({ form, editing, mayChange }: { form?: Form; editing: ReturnType<typeof useEditing<FormDraft, Form>>; mayChange: boolean }) {
    const { t } = useLingui();
    const { draft, set, errorAt } = editing;
    const maySee = useMay("view_employees");
    const groups = useQuery({ ...groupsQuery(), enabled: maySee }).data ?? [];
    const profiles = useQuery({ ...employeeProfilesQuery(), enabled: maySee }).data ?? [];
    const labels = useFieldLabels(draft);
    if (!mayChange) return <Questions questions={draft.questions} onChange={() => undefined} errorAt={() => undefined} fixed />;
    return (
        <EditForm id="form-editor" editing={editing} labels={labels}>
            <div className="form-pair">
                <TextField label={labels.name!} name="name" value={draft.name} onChange={(name) => set({ name })} required error={errorAt("name")} autoFocus={!form} />
                <TextField label={labels.category!} name="category" value={draft.category} onChange={(category) => set({ category })} optional error={errorAt("category")} help={t`Con ella se buscan en el teléfono.`} />
            </div>
            <Questions questions={draft.questions} onChange={(questions) => set({ questions })} errorAt={errorAt} />
            <details className="more-fields">
                <summary>
                    <Trans>Código y quién lo llena</Trans>
                </summary>
                <div className="form">
                    <TextField label={labels.code!} name="code" value={draft.code} onChange={(code) => set({ code })} optional={!form} error={errorAt("code")} help={t`Con el que otros sistemas lo nombran.`} spellCheck="false" />
                    {maySee && (
                        <>
                            <PickMany label={labels.groups!} name="groups" options={groupOptions(groups)} values={draft.groups} onChange={(chosen) => set({ groups: chosen })} error={errorAt("groups")} optional help={t`Sin grupos ni perfiles lo llena cualquiera.`} />
                            <PickMany label={labels.profiles!} name="profiles" options={profiles.map(({ id, name }) => ({ id, label: name }))} values={draft.profiles} onChange={(chosen) => set({ profiles: chosen })} error={errorAt("profiles")} optional />
                        </>
                    )}
                </div>
            </details>
        </EditForm>
    );
}

/** How the summary of faults calls the fields: each question by its number and what it asks. */
function useFieldLabels(draft: FormDraft): Record<string, string> {
    const { t } = useLingui();
    const labels: Record<string, string> = { name: t`Nombre`, code: t`Código`, category: t`Categoría`, groups: t`Grupos`, profiles: t`Perfiles de empleados`, fields: t`Preguntas` };
    const parts: Record<string, string> = { label: t`texto`, id: t`identificador`, kind: t`tipo`, minimum: t`mínimo`, maximum: t`máximo`, choices: t`opciones`, choices_from: t`tabla`, columns: t`columnas` };
    const name = (pointer: string, number: string, label: string) => {
        for (const [part, word] of Object.entries(parts)) labels[`${pointer}.${part}`] = label ? t`Pregunta ${number}, «${label}»: ${word}` : t`Pregunta ${number}: ${word}`;
    };
    for (const [place, one] of draft.questions.entries()) {
        name(`fields.${place}`, String(place + 1), one.label);
        for (const [at, column] of one.columns.entries()) name(`fields.${place}.columns.${at}`, `${place + 1}.${at + 1}`, column.label);
    }
    return labels;
}

function About({ form, mayChange }: { form: Form; mayChange: boolean }) {
    const { t } = useLingui();
    const router = useRouter();
    const removal = useRemoval({
        remove: () => removeForm(form.id, form.object_version),
        one: () => oneForm(form.id),
        restore: (gone) => changeForm(gone.id, { state: "enabled" }, gone.object_version),
        again,
        saidGone: (gone) => t`«${gone.name}» fuera de uso`,
        saidBack: (gone) => t`«${gone.name}» otra vez en uso`,
        onGone: () => void router.navigate({ to: "/formularios/formularios" }),
    });
    const labels = { name: t`Nombre`, code: t`Código`, category: t`Categoría`, fields: t`Preguntas`, groups: t`Grupos`, profiles: t`Perfiles de empleados`, state: t`Estado`, version: t`Versión` };
    const words = (field: string, value: unknown) => (field === "fields" ? ((value as { label: string }[] | undefined) ?? []).map(({ label }) => label).join(" · ") || "—" : value == null || value === "" ? "—" : typeof value === "string" ? value : JSON.stringify(value));
    return (
        <>
            {removal.problem && <ErrorSummary key={removal.submittedAt} title={removal.problem.title} detail={removal.problem.detail} />}
            <Versions topic="definitions" id={form.id} ask={() => formVersions(form.id)} labels={labels} words={words} />
            {mayChange && <RemovalAct removal={removal} />}
        </>
    );
}
