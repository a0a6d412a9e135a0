// One template beside the list: its name, its columns, its use for files that arrive, and the ways to use or remove it.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FileUp, Trash2 } from "lucide-react";
import { useState } from "react";
import { answer, api, idempotencyKey, ifMatch } from "~/api/client";
import { faultItems, refusalOf } from "~/api/problem";
import { EditActs, EditForm, useEditing } from "~/app/editing";
import { useFormat } from "~/app/format";
import { queries } from "~/app/queries";
import { useMay } from "~/app/session";
import { Button, Checkbox, Confirm, Drawer, ErrorSummary, KeyValues, Note, say, TextField } from "~/ui";
import { useAuthor } from "../historial/words";
import { Exchange } from "../importar/Exchange";
import { fieldLabel } from "../importar/FieldPicker";
import { IntakeFields } from "../importar/IntakeFields";
import { useMakesOf } from "../importar/makes";
import { fieldsQuery, type Intake, type Template, versionsQuery } from "../importar/queries";

type Names = { name: string; code: string; state: "enabled" | "disabled" };
const namesOf = (template?: Template): Names => ({ name: template?.name ?? "", code: template?.code ?? "", state: template?.state === "disabled" ? "disabled" : "enabled" });
const FORM = "template-form";

export function TemplateDrawer({ template, intakes, onClose }: { template: Template; intakes?: Intake[]; onClose: () => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const may = useMay("manage_templates");
    const mayExchange = useMay("manage_exchange");
    const [removing, setRemoving] = useState(false);
    const again = () => queries.invalidateQueries({ queryKey: ["templates"] });
    const params = { path: { template: template.id } };
    const editing = useEditing<Names, Template>({
        place: `template:${template.id}`,
        object: template,
        draftOf: namesOf,
        versionOf: (object) => object.version,
        bodyOf: (draft) => ({ ...draft }),
        change: async (changes, version) => (await answer(api.PATCH("/v1/import-templates/{template}", { params: { ...params, header: ifMatch(version) }, body: changes as never, headers: { "Content-Type": "application/merge-patch+json" } }))) as Template,
        again: async () => (await answer(api.GET("/v1/import-templates/{template}", { params }))) as Template,
        saved: async () => {
            await again();
            say(t`Planilla guardada`);
        },
    });
    const removal = useMutation({
        mutationFn: () => answer(api.DELETE("/v1/import-templates/{template}", { params: { ...params, header: ifMatch(template.version) } })),
        onSuccess: async () => {
            setRemoving(false);
            onClose();
            await again();
            say(t`Planilla «${template.name}» quitada`);
        },
    });
    const uses = intakes?.length ?? 0;
    return (
        <Drawer
            title={template.name}
            subject={template.id}
            onClose={onClose}
            top={<span className="id">{t`versión ${template.version}`}</span>}
            head={
                <div className="dr-acts">
                    <Link to="/integraciones/importar" search={{ planilla: template.id }} className="btn btn-s">
                        <FileUp size={14} aria-hidden />
                        <Trans>Importar con esta planilla</Trans>
                    </Link>
                    {may && (
                        <Button small icon={Trash2} onPress={() => setRemoving(true)}>
                            <Trans>Quitar…</Trans>
                        </Button>
                    )}
                </div>
            }
            foot={may && editing.changed ? <EditActs form={FORM} editing={editing} onDiscard={() => undefined} /> : undefined}
        >
            {removal.isError && <Note kind="refused" alert>{refusalOf(removal.error).problem.detail}</Note>}
            {may ? (
                <EditForm id={FORM} editing={editing} labels={{ name: t`Nombre`, code: t`Código`, state: t`Estado` }}>
                    <TextField label={t`Nombre`} name="name" value={editing.draft.name} onChange={(name) => editing.set({ name })} error={editing.errorAt("name")} />
                    <TextField label={t`Código`} name="code" value={editing.draft.code} onChange={(code) => editing.set({ code })} error={editing.errorAt("code")} help={t`Con el que otros sistemas la nombran.`} spellCheck="false" />
                    <Checkbox name="state" selected={editing.draft.state === "enabled"} onChange={(on) => editing.set({ state: on ? "enabled" : "disabled" })} help={t`Fuera de uso no se importa nada con ella.`}>
                        <Trans>En uso</Trans>
                    </Checkbox>
                </EditForm>
            ) : (
                <KeyValues facts={[[t`Código`, template.code], [t`Estado`, template.state === "disabled" ? t`Fuera de uso` : t`En uso`]]} />
            )}
            <Columns template={template} />
            <KeyValues facts={[[t`Se guardó`, format.moment(template.created_at)], [t`Último cambio`, format.moment(template.updated_at)]]} />
            <Versions template={template} />
            {mayExchange && intakes?.map((intake) => <Used key={intake.id} intake={intake} />)}
            {mayExchange && intakes && uses === 0 && template.state !== "disabled" && <NewIntake template={template} />}
            {removing && (
                <Confirm title={t`¿Quitar la planilla «${template.name}»?`} act={t`Quitar la planilla`} pending={removal.isPending} onAct={() => removal.mutate()} onClose={() => setRemoving(false)}>
                    {uses > 0 && (
                        <p>
                            <b>{plural(uses, { one: "La usa # entrada de archivos: los archivos que lleguen quedarán detenidos.", other: "La usan # entradas de archivos: los archivos que lleguen quedarán detenidos." })}</b>
                        </p>
                    )}
                    <Trans>Lo que ya se importó con ella queda. No se puede deshacer.</Trans>
                </Confirm>
            )}
        </Drawer>
    );
}

/** What each column fills, and what every row gets. */
function Columns({ template }: { template: Template }) {
    const { t } = useLingui();
    const makes = useMakesOf(template.makes);
    const fields = useQuery(fieldsQuery(template.makes)).data ?? [];
    const columns = template.columns ?? [];
    const constants = Object.entries(template.constants ?? {});
    return (
        <>
            <div className="dr-sec">
                <h3>
                    <Trans>Columnas</Trans>
                </h3>
                <span className="dim">{t`cada fila es ${makes.one}`}</span>
            </div>
            <ul className="template-columns" aria-label={t`Columnas`}>
                {columns.map((column) => (
                    <li key={`${column.heading ?? column.letter}-${column.field}`}>
                        <span dir="auto">{column.heading ?? t`columna ${column.letter ?? ""}`}</span>
                        <span>
                            {fieldLabel(fields, column.field)}
                            {column.field === template.key && <small> {t`reconoce la fila`}</small>}
                        </span>
                    </li>
                ))}
                {constants.map(([field, value]) => (
                    <li key={field}>
                        <span className="dim">{t`valor fijo «${value}»`}</span>
                        <span>{fieldLabel(fields, field)}</span>
                    </li>
                ))}
            </ul>
        </>
    );
}

/** Who wrote which version, and when. */
function Versions({ template }: { template: Template }) {
    const { t } = useLingui();
    const format = useFormat();
    const authorOf = useAuthor();
    const versions = useQuery(versionsQuery(template)).data ?? [];
    if (versions.length === 0) return null;
    return (
        <>
            <div className="dr-sec">
                <h3>
                    <Trans>Versiones</Trans>
                </h3>
            </div>
            <KeyValues facts={versions.map((one) => [t`versión ${one.version}`, `${format.moment(one.written_at)} · ${one.written_by ? authorOf(one.written_by) : t`sin autor anotado`}`])} />
        </>
    );
}

/** An intake that uses it, and the way to stop that. */
function Used({ intake }: { intake: Intake }) {
    const { t } = useLingui();
    const removing = useMutation({
        mutationFn: () => answer(api.DELETE("/v1/intakes/{intake}", { params: { path: { intake: intake.id }, header: ifMatch(intake.version) } })),
        onSuccess: async () => {
            await queries.invalidateQueries({ queryKey: ["intakes"] });
            say(t`Ya no se usa para el intercambio de archivos`, async () => {
                const { code, name, folder, pattern, template, complete, marker_suffix, stable_seconds, same_content, custom } = intake;
                await answer(api.POST("/v1/intakes", { params: { header: idempotencyKey() }, body: { code, name, folder, pattern, template, complete, marker_suffix, stable_seconds, same_content, custom } as never }));
                await queries.invalidateQueries({ queryKey: ["intakes"] });
            });
        },
    });
    return (
        <>
            <Exchange intake={intake} />
            {removing.isError && <Note kind="refused" alert>{refusalOf(removing.error).problem.detail}</Note>}
            <div className="form-acts">
                <Button small icon={Trash2} pending={removing.isPending} onPress={() => removing.mutate()}>
                    <Trans>Dejar de usarla para intercambio</Trans>
                </Button>
            </div>
        </>
    );
}

/** Files that arrive are imported by this template from now on. */
function NewIntake({ template }: { template: Template }) {
    const { t } = useLingui();
    const [on, setOn] = useState(false);
    const [typed, setTyped] = useState({ folder: "", pattern: "*.xlsx" });
    const [once] = useState(idempotencyKey);
    const making = useMutation({
        mutationFn: () => answer(api.POST("/v1/intakes", { params: { header: once }, body: { code: template.code, name: template.name, folder: typed.folder.trim(), pattern: typed.pattern.trim(), template: template.id } as never })),
        onSuccess: async () => {
            await queries.invalidateQueries({ queryKey: ["intakes"] });
            say(t`«${template.name}» se usa para el intercambio de archivos`);
        },
    });
    const problem = making.error ? refusalOf(making.error).problem : undefined;
    return (
        <form
            className="form"
            noValidate
            onSubmit={(event) => {
                event.preventDefault();
                making.mutate();
            }}
        >
            {problem && <ErrorSummary key={making.submittedAt} title={problem.title} detail={problem.detail} items={faultItems(making.error, { folder: t`Carpeta`, pattern: t`Nombre de los archivos` })} />}
            <Checkbox selected={on} onChange={setOn} help={t`Los archivos que lleguen por SFTP o FTP se importan con esta planilla.`}>
                <Trans>Usar para intercambio de archivos</Trans>
            </Checkbox>
            {on && (
                <>
                    <IntakeFields folder={typed.folder} pattern={typed.pattern} onChange={(next) => setTyped({ ...typed, ...next })} error={making.error} />
                    <div className="form-acts">
                        <Button type="submit" look="primary" pending={making.isPending}>
                            <Trans>Usar para intercambio</Trans>
                        </Button>
                    </div>
                </>
            )}
        </form>
    );
}
