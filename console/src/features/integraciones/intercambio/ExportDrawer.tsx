// One export: what it makes and when, and its runs, each with its file.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Download, FolderUp, Pencil, Play, Trash2 } from "lucide-react";
import { useState } from "react";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { kindLabel } from "~/app/kinds";
import { queries } from "~/app/queries";
import { useFinalRemoval } from "~/app/removal";
import { save } from "~/app/save";
import { useMay } from "~/app/session";
import { statusLabels } from "~/app/statuses";
import { Button, Confirm, Drawer, ErrorSummary, KeyValues, say, Status } from "~/ui";
import { toOf } from "./destination";
import { useDestinationWords } from "./DestinationFields";
import { againRun, type Export, type Run, removeExport, runContent, runExport, runsQuery } from "./queries";
import { RunFiles } from "./RunFiles";
import { useScheduleWords } from "./ScheduleField";
import { readSchedule } from "./schedule";
import { runFace } from "./words";

const again = () => queries.invalidateQueries({ queryKey: ["exports"] });

export function ExportDrawer({ known, onClose, onEdit }: { known: Export; onClose: () => void; onEdit: () => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const scheduleWords = useScheduleWords();
    const mayRuns = useMay("view_transfers");
    const places = useDestinationWords()(toOf(known));
    const [removing, setRemoving] = useState(false);
    const running = useMutation({
        mutationFn: () => runExport(known.id),
        onSuccess: async () => {
            say(t`«${known.name}» se está haciendo`);
            await again();
        },
    });
    const removal = useFinalRemoval({ remove: () => removeExport(known.id, known.version), said: t`Exportación «${known.name}» quitada`, again, onGone: onClose, onSettled: () => setRemoving(false) });
    const failed = running.error ?? removal.error;
    const problem = failed ? refusalOf(failed).problem : undefined;
    const only = known.what === "tasks" ? (known.statuses ?? []).map((status) => statusLabels()[status] ?? status) : (known.kinds ?? []).map(kindLabel);
    return (
        <Drawer
            subject={known.id}
            title={known.name}
            top={<span className="id">{known.code}</span>}
            onClose={onClose}
            head={
                <div className="dr-acts">
                    <Button small icon={Play} pending={running.isPending} onPress={() => running.mutate()}>
                        <Trans>Hacerla ahora</Trans>
                    </Button>
                    <Button small icon={Pencil} keyName="E" onPress={onEdit}>
                        <Trans>Editar</Trans>
                    </Button>
                    <Button small look="quiet" icon={Trash2} onPress={() => setRemoving(true)}>
                        <Trans>Quitar…</Trans>
                    </Button>
                </div>
            }
        >
            {problem && <ErrorSummary key={problem.request_id} title={problem.title} detail={problem.detail} />}
            <KeyValues
                facts={[
                    [t`Qué lleva`, { tasks: t`Tareas`, entries: t`Lo capturado en los teléfonos`, timesheets: t`Jornadas` }[known.what]],
                    [t`Solo`, [...only, known.form && t`formulario ${known.form}`].filter(Boolean).join(" · ")],
                    [t`Columnas`, known.columns?.length ? known.columns.map(({ heading }) => heading).join(" · ") : t`Todas las conocidas`],
                    [t`Archivo`, <code key="name">{known.file_name}</code>],
                    [t`Va a`, places || t`Ninguna carpeta: se descarga de aquí`],
                    [t`Cuándo`, scheduleWords(readSchedule(known.schedule))],
                    [t`Próxima`, known.state === "disabled" ? t`Apagada` : known.next_run_at && format.moment(known.next_run_at)],
                ]}
            />
            {mayRuns && <Runs known={known} />}
            {removing && (
                <Confirm title={t`¿Quitar la exportación «${known.name}»?`} act={t`Quitar la exportación`} pending={removal.isPending} onAct={() => removal.mutate()} onClose={() => setRemoving(false)}>
                    <p>
                        <Trans>No se hace más. Los archivos ya hechos siguen en su carpeta. No se puede deshacer; para que descanse, desmarque «Se hace sola».</Trans>
                    </p>
                </Confirm>
            )}
        </Drawer>
    );
}

function Runs({ known }: { known: Export }) {
    const { t } = useLingui();
    const runs = useQuery(runsQuery(known.id)).data ?? [];
    return (
        <>
            <div className="dr-sec">
                <h3>
                    <Trans>Las veces que se hizo</Trans>
                </h3>
            </div>
            {runs.length === 0 && (
                <p className="dim">
                    <Trans>Todavía ninguna.</Trans>
                </p>
            )}
            <ol className="deliveries" aria-label={t`Las veces que se hizo`}>
                {runs.map((run) => (
                    <OneRun key={run.id} run={run} hasFolder={known.key != null} isTable={known.format !== "office_track"} />
                ))}
            </ol>
        </>
    );
}

function OneRun({ run, hasFolder, isTable }: { run: Run; hasFolder: boolean; isTable: boolean }) {
    const { t } = useLingui();
    const [isOpen, setOpen] = useState(false);
    const format = useFormat();
    const saving = useMutation({ mutationFn: async () => save(await runContent(run.id), run.file_name) });
    const repeating = useMutation({
        mutationFn: () => againRun(run.id),
        onSuccess: async () => {
            say(t`«${run.file_name}» está otra vez en su carpeta`);
            await again();
        },
    });
    const failed = saving.error ?? repeating.error;
    const problem = failed ? refusalOf(failed).problem : undefined;
    const { family, icon, words } = runFace(run.state);
    const hasFile = run.state === "made" || run.state === "taken";
    return (
        <li>
            <div className="row row-wrap">
                <b>{t`N.º ${run.number}`}</b>
                <span className="dim">{format.moment(run.begun_at)}</span>
                <span className="grow" />
                <Status family={family} icon={icon}>
                    {words}
                </Status>
            </div>
            {hasFile && (
                <small>
                    {[run.file_name, run.files > 1 && plural(run.files, { one: "# archivo", other: "# archivos" }), plural(run.rows, { one: "# fila", other: "# filas" }), run.size_bytes != null && format.bytes(run.size_bytes), run.taken_at && t`recogida ${format.moment(run.taken_at)}`, run.delivered_at && t`llevada ${format.moment(run.delivered_at)}`].filter(Boolean).join(" · ")}
                </small>
            )}
            {problem && <ErrorSummary title={problem.title} detail={problem.detail} />}
            {hasFile && isOpen && <RunFiles run={run.id} />}
            {hasFile && (
                <div className="form-acts">
                    {isTable && (
                        <Button small icon={Download} pending={saving.isPending} onPress={() => saving.mutate()}>
                            <Trans>Descargar</Trans>
                        </Button>
                    )}
                    {(!isTable || run.files > 1) && !isOpen && (
                        <Button small onPress={() => setOpen(true)}>
                            <Trans>Ver sus archivos</Trans>
                        </Button>
                    )}
                    {hasFolder && (
                        <Button small look="quiet" icon={FolderUp} pending={repeating.isPending} onPress={() => repeating.mutate()}>
                            <Trans>Dejarlo otra vez</Trans>
                        </Button>
                    )}
                </div>
            )}
        </li>
    );
}
