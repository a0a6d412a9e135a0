// One intake, new or changed. Saving one is enabling it, with the permissions of whoever saves.
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import type { Schemas } from "~/api/client";
import { refusalOf } from "~/api/problem";
import { EditActs, EditForm, useEditing } from "~/app/editing";
import { permissionLabel } from "~/app/permissions";
import { queries } from "~/app/queries";
import { useFinalRemoval } from "~/app/removal";
import { useMay } from "~/app/session";
import { codeOf } from "~/app/words";
import { Button, Checkbox, Confirm, Drawer, ErrorSummary, Note, Select, say, TextField } from "~/ui";
import { IntakeWays } from "./IntakeWays";
import { changeIntake, type Intake, makeIntake, oneIntake, removeIntake } from "./queries";
import { RECEIVED } from "./routes";

type Draft = { code: string; name: string; folder: string; pattern: string; template: string; complete: NonNullable<Intake["complete"]>; suffix: string; seconds: string; same: NonNullable<Intake["same_content"]>; enabled: boolean };
type Props = { intake?: Intake; templates?: Schemas["ImportTemplate"][]; onClose: () => void; onOpen: (id: string) => void };

const draftOf = (intake?: Intake): Draft => ({
    code: intake?.code ?? "",
    name: intake?.name ?? "",
    folder: intake?.folder ?? "",
    pattern: intake?.pattern ?? "*.xlsx",
    template: intake?.template ?? "",
    complete: intake?.complete ?? "closed",
    suffix: intake?.marker_suffix ?? ".done",
    seconds: String(intake?.stable_seconds ?? 30),
    same: intake?.same_content ?? "skip",
    enabled: intake?.state !== "disabled",
});

const bodyOf = (draft: Draft) => ({
    code: draft.code.trim() || codeOf(draft.name),
    name: draft.name.trim(),
    folder: draft.folder.trim(),
    pattern: draft.pattern.trim(),
    template: draft.template,
    complete: draft.complete,
    ...(draft.complete === "marker" ? { marker_suffix: draft.suffix.trim() } : {}),
    ...(draft.complete === "stable" ? { stable_seconds: Number(draft.seconds) } : {}),
    same_content: draft.same,
    state: draft.enabled ? "enabled" : "disabled",
});

const again = () => queries.invalidateQueries({ queryKey: ["intakes"] });

export function IntakeDrawer({ intake, templates, onClose, onOpen }: Props) {
    const { t } = useLingui();
    const mayReceived = useMay("view_transfers");
    const [removing, setRemoving] = useState(false);
    const editing = useEditing<Draft, Intake>({
        place: `intake:${intake?.id ?? "new"}`,
        object: intake,
        draftOf,
        versionOf: (one) => one.version,
        bodyOf,
        create: makeIntake,
        change: (changes, version) => changeIntake(intake?.id ?? "", changes, version),
        again: () => oneIntake(intake?.id ?? ""),
        saved: async (saved) => {
            await again();
            say(intake ? t`Entrada «${saved.name}» guardada` : t`Entrada «${saved.name}» creada: ya recibe archivos`);
            if (!intake) onOpen(saved.id);
        },
    });
    const removal = useFinalRemoval({ remove: () => removeIntake(intake?.id ?? "", intake?.version ?? 0), said: t`Entrada «${intake?.name}» quitada`, again, onGone: onClose, onSettled: () => setRemoving(false) });
    const { draft, set, errorAt } = editing;
    const problem = removal.error ? refusalOf(removal.error).problem : undefined;
    const labels: Record<string, string> = { name: t`Nombre`, code: t`Código`, folder: t`Carpeta`, pattern: t`Nombres de archivo`, template: t`Planilla`, complete: t`Cuándo está entero`, marker_suffix: t`Final del nombre de la marca`, stable_seconds: t`Segundos sin que nadie escriba`, same_content: t`Si su contenido ya se importó`, state: t`Estado` };
    const options = templates?.map(({ id, name, code }) => ({ id, label: name, detail: code })) ?? (draft.template ? [{ id: draft.template, label: draft.template }] : []);
    return (
        <Drawer subject={intake?.id ?? "new"} title={intake?.name ?? t`Nueva entrada de archivos`} top={intake && <span className="id">{intake.code}</span>} onClose={onClose} foot={<EditActs form="intake-form" editing={editing} label={intake ? undefined : t`Crear la entrada`} onDiscard={intake && !editing.changed ? undefined : intake ? () => undefined : onClose} />}>
            {problem && <ErrorSummary key={removal.submittedAt} title={problem.title} detail={problem.detail} />}
            <EditForm id="intake-form" editing={editing} labels={labels}>
                <TextField label={labels.name!} name="name" value={draft.name} onChange={(name) => set({ name })} required error={errorAt("name")} autoFocus={!intake} />
                <Select label={labels.template!} name="template" options={options} value={draft.template || null} onChange={(template) => set({ template })} required error={errorAt("template")} help={templates?.length === 0 ? t`Todavía no hay planillas: se guardan al importar un archivo en «Importar».` : undefined} />
                <TextField label={labels.folder!} name="folder" value={draft.folder} onChange={(folder) => set({ folder })} optional error={errorAt("folder")} placeholder="tareas" help={t`Dentro de «in». Vacío: la carpeta «in» misma.`} spellCheck="false" />
                <TextField label={labels.pattern!} name="pattern" value={draft.pattern} onChange={(pattern) => set({ pattern })} error={errorAt("pattern")} help={t`* es cualquier texto, ${"{n}"} un número, ${"{fecha:yyyyMMdd}"} una fecha. Las mayúsculas no cuentan.`} spellCheck="false" />
                <Select
                    label={labels.complete!}
                    name="complete"
                    options={[
                        { id: "closed", label: t`Cuando termina de subir` },
                        { id: "renamed", label: t`Cuando se le pone el nombre definitivo`, detail: t`Hasta entonces se llama de otro modo.` },
                        { id: "marker", label: t`Cuando llega otro archivo que lo dice`, detail: t`Se llama igual, con un final más.` },
                        { id: "stable", label: t`Cuando nadie le escribe por un rato` },
                    ]}
                    value={draft.complete}
                    onChange={(complete) => set({ complete: complete as Draft["complete"] })}
                    error={errorAt("complete")}
                />
                {draft.complete === "marker" && <TextField label={labels.marker_suffix!} name="marker_suffix" value={draft.suffix} onChange={(suffix) => set({ suffix })} error={errorAt("marker_suffix")} help={t`tareas.xlsx está entero cuando llega tareas.xlsx${draft.suffix}.`} spellCheck="false" />}
                {draft.complete === "stable" && <TextField label={labels.stable_seconds!} name="stable_seconds" inputMode="numeric" value={draft.seconds} onChange={(seconds) => set({ seconds })} error={errorAt("stable_seconds")} help={t`De 5 a 3600.`} />}
                <Select
                    label={labels.same_content!}
                    name="same_content"
                    options={[
                        { id: "skip", label: t`No importarlo otra vez`, detail: t`El resultado lo dice.` },
                        { id: "import", label: t`Importarlo otra vez` },
                    ]}
                    value={draft.same}
                    onChange={(same) => set({ same: same as Draft["same"] })}
                    error={errorAt("same_content")}
                />
                <TextField label={labels.code!} name="code" value={draft.code} onChange={(code) => set({ code })} error={errorAt("code")} optional={!intake} spellCheck="false" />
                <Checkbox name="state" selected={draft.enabled} onChange={(enabled) => set({ enabled })} help={t`Sin marcar no toma archivos; los que lleguen quedan guardados.`}>
                    <Trans>Recibe archivos</Trans>
                </Checkbox>
            </EditForm>
            <Note>
                {intake ? t`Importa con los permisos de quien la guardó por última vez: ${intake.permissions.map(permissionLabel).join(", ")}. Al guardar pasan a ser los suyos.` : t`Importará con los permisos que usted tiene ahora, también cuando ya no esté.`}
            </Note>
            {intake && <IntakeWays intake={intake} />}
            {intake && (
                <div className="form-acts">
                    <Button small look="quiet" icon={Trash2} onPress={() => setRemoving(true)}>
                        <Trans>Quitar la entrada…</Trans>
                    </Button>
                    {mayReceived && (
                        <Link to={RECEIVED} search={{ entrada: intake.id }} className="link">
                            <Trans>Ver sus archivos</Trans>
                        </Link>
                    )}
                </div>
            )}
            {removing && intake && (
                <Confirm title={t`¿Quitar la entrada «${intake.name}»?`} act={t`Quitar la entrada`} pending={removal.isPending} onAct={() => removal.mutate()} onClose={() => setRemoving(false)}>
                    <p>
                        <Trans>La importación de un archivo suyo que ya empezó se detiene. No se puede deshacer; para que descanse, desmarque «Recibe archivos».</Trans>
                    </p>
                </Confirm>
            )}
        </Drawer>
    );
}
