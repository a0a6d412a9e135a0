// The mapping as a template, so that the next file is read by itself; and its use for files that arrive.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";
import { useEffect, useState } from "react";
import { answer, api, idempotencyKey, ifMatch } from "~/api/client";
import { faultAt, faultItems, refusalOf } from "~/api/problem";
import { queries } from "~/app/queries";
import { useMay } from "~/app/session";
import { Button, Checkbox, ErrorSummary, Note, Select, say, TextField } from "~/ui";
import { useDraft } from "~/ui/useDraft";
import { Exchange } from "./Exchange";
import { codeOf, patternOf, templateBody } from "./model";
import { changeDraft, type Draft, intakesQuery, type Template, templatesQuery } from "./queries";
import { IntakeFields } from "./IntakeFields";
import { reasonNot } from "./reason";

const NEW = "new";

type Typed = { into?: string; name: string; exchange: boolean; folder: string; pattern: string };

export function SavePanel({ draft }: { draft: Draft }) {
    const { t } = useLingui();
    const may = useMay("manage_templates");
    const mayExchange = useMay("manage_exchange");
    const templates = useSuspenseQuery(templatesQuery()).data;
    const intakes = useQuery({ ...intakesQuery(), enabled: mayExchange }).data ?? [];
    const current = templates.find((one) => one.id === draft.template?.id);
    // The template that the file was read by before a column was changed: most likely it is to be changed, too.
    const [last, setLast] = useState(current?.id);
    const now = current?.id;
    useEffect(() => {
        if (now) setLast(now);
    }, [now]);
    const own = current && intakes.filter((one) => one.template === current.id);
    return (
        <aside className="import-save" aria-label={t`Guardar como planilla`}>
            <h2>
                <Trans>Guardar como planilla</Trans>
            </h2>
            {current ? <Saved template={current} version={draft.template?.version ?? current.version} /> : <p>{t`La próxima vez estas columnas se reconocen solas.`}</p>}
            {!may && !current && (
                <Note>
                    <Trans>Para guardar planillas su perfil necesita «Administrar planillas de integración». Este archivo se puede importar igual.</Trans>
                </Note>
            )}
            {may && (!current || (mayExchange && own?.length === 0)) && <SaveForm key={draft.id} draft={draft} current={current} last={last} templates={templates} />}
            {own?.map((intake) => (
                <Exchange key={intake.id} intake={intake} sample={draft.file.name} />
            ))}
        </aside>
    );
}

function Saved({ template, version }: { template: Template; version: number }) {
    return (
        <div className="saved">
            <CircleCheck size={16} aria-hidden />
            <span>
                <Trans>
                    Este archivo se lee con la planilla{" "}
                    <Link to="/integraciones/planillas" search={{ abierta: template.id }} className="link">
                        {template.name}
                    </Link>
                    , versión {version}. Si cambia una columna, deja de serlo y se puede guardar de nuevo.
                </Trans>
            </span>
        </div>
    );
}

function SaveForm({ draft, current, last, templates }: { draft: Draft; current?: Template; last?: string; templates: Template[] }) {
    const { t } = useLingui();
    const mayExchange = useMay("manage_exchange");
    const [typed, keep, forget] = useDraft<Typed>(`import-save:${draft.id}`, { name: "", exchange: false, folder: "", pattern: patternOf(draft.file.name) });
    const set = (next: Partial<Typed>) => keep({ ...typed, ...next });
    const [once] = useState(idempotencyKey);
    const fitting = templates.filter((one) => one.makes === draft.makes);
    const into = current ?? fitting.find((one) => one.id === (typed.into ?? last));
    const saving = useMutation({
        mutationFn: async () => {
            const template = current ?? (await saveTemplate(draft, into, typed.name.trim()));
            // What was saved stays saved, also where the second step is refused.
            await Promise.all([queries.invalidateQueries({ queryKey: ["imports"] }), queries.invalidateQueries({ queryKey: ["templates"] })]);
            if (typed.exchange) {
                const body = { code: template.code, name: template.name, folder: typed.folder.trim(), pattern: typed.pattern.trim(), template: template.id };
                await answer(api.POST("/v1/intakes", { params: { header: once }, body: body as never }));
                await queries.invalidateQueries({ queryKey: ["intakes"] });
            }
            return template;
        },
        onSuccess: (template) => {
            forget();
            say(typed.exchange ? t`«${template.name}» se usa para el intercambio de archivos` : t`Planilla «${template.name}» guardada`);
        },
    });
    const reason = reasonNot(draft) ?? (!into && !typed.name.trim() ? t`Escriba un nombre.` : current && !typed.exchange ? t`Ya está guardada.` : undefined);
    const problem = saving.error ? refusalOf(saving.error).problem : undefined;
    const labels = { name: t`Nombre`, code: t`Nombre`, folder: t`Carpeta`, pattern: t`Nombre de los archivos` };
    return (
        <form
            className="form"
            noValidate
            onSubmit={(event) => {
                event.preventDefault();
                if (!reason && !saving.isPending) saving.mutate();
            }}
        >
            {problem && <ErrorSummary key={saving.submittedAt} title={problem.title} detail={problem.detail} items={faultItems(saving.error, labels)} />}
            {!current && fitting.length > 0 && (
                <Select
                    label={t`Guardar en`}
                    value={into?.id ?? NEW}
                    onChange={(id) => set({ into: id })}
                    options={[{ id: NEW, label: t`Una planilla nueva` }, ...fitting.map((one) => ({ id: one.id, label: one.name, detail: t`versión nueva: ${one.version + 1}` }))]}
                />
            )}
            {!into && <TextField label={labels.name} name="name" value={typed.name} onChange={(name) => set({ name })} error={faultAt(saving.error, "name") ?? faultAt(saving.error, "code")} placeholder={t`Órdenes de trabajo – El Porvenir`} maxLength={200} />}
            <Checkbox name="exchange" selected={typed.exchange} onChange={(exchange) => set({ exchange })} disabled={!mayExchange} help={mayExchange ? t`Los archivos que lleguen por SFTP o FTP se importan con esta planilla.` : t`Su perfil necesita «Administrar el intercambio de archivos».`}>
                <Trans>Usar para intercambio de archivos</Trans>
            </Checkbox>
            {typed.exchange && <IntakeFields folder={typed.folder} pattern={typed.pattern} onChange={set} error={saving.error} sample={draft.file.name} />}
            <div className="form-acts">
                <Button type="submit" reason={reason} showReason pending={saving.isPending}>
                    {into && !current ? <Trans>Guardar versión nueva</Trans> : current ? <Trans>Usar para intercambio</Trans> : <Trans>Guardar planilla</Trans>}
                </Button>
            </div>
        </form>
    );
}

/** A new template, or a new version of one; the draft is read by it from then on. */
async function saveTemplate(draft: Draft, into: Template | undefined, name: string): Promise<Template> {
    if (!into) return (await answer(api.POST("/v1/imports/drafts/{draft}/template", { params: { path: { draft: draft.id } }, body: { code: codeOf(name) || "planilla", name } }))) as Template;
    const now = await answer(api.GET("/v1/import-templates/{template}", { params: { path: { template: into.id } } }));
    const asked = api.PATCH("/v1/import-templates/{template}", { params: { path: { template: into.id }, header: ifMatch(now.version) }, body: templateBody(draft) as never, headers: { "Content-Type": "application/merge-patch+json" } });
    const saved = (await answer(asked)) as Template;
    await changeDraft(draft.id, { template: saved.id });
    return saved;
}
