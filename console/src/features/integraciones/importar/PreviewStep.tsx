// What the import would do, row by row, before anything is done; and its start.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { ArrowLeft, CircleX, Download, Play } from "lucide-react";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { answer, api, idempotencyKey } from "~/api/client";
import { faultItems, refusalOf } from "~/api/problem";
import { useActions } from "~/app/actions";
import { useFormat } from "~/app/format";
import { queries } from "~/app/queries";
import { useMay } from "~/app/session";
import { Button, Checkbox, ErrorSummary, Note, Progress, say } from "~/ui";
import { Figures } from "../historial/Figures";
import { download, latestRunsQuery, type Run } from "../historial/queries";
import { Changed } from "../historial/Changed";
import { OutcomeMark } from "../historial/words";
import { FileBar } from "./FileBar";
import { fieldLabel } from "./FieldPicker";
import { useMakesOf } from "./makes";
import { grouped } from "./model";
import { type Draft, draftQuery, fieldsQuery, type Preview, previewQuery } from "./queries";

/** Groups of faults that are shown; the file of refused rows has all. */
const SHOWN = 30;

export function PreviewStep({ draft, onColumns }: { draft: Draft; onColumns: () => void }) {
    const { t } = useLingui();
    const preview = useQuery(previewQuery(draft.id));
    const begin = useMutation({
        mutationFn: () => answer(api.POST("/v1/imports/drafts/{draft}/preview", { params: { path: { draft: draft.id } } })),
        onSuccess: (begun) => void queries.setQueryData(previewQuery(draft.id).queryKey, begun),
    });
    const shown = preview.data?.is_current ? preview.data : undefined;
    const { mutate, isIdle } = begin;
    useEffect(() => {
        // Tried once for each version of the draft: what was tried already is shown.
        if (!preview.isPending && !shown && isIdle) mutate();
    }, [preview.isPending, shown, isIdle, mutate]);
    const done = shown && shown.state !== "running";
    const problem = begin.error ? refusalOf(begin.error).problem : shown?.problem;
    return (
        <>
            <FileBar draft={draft} fixed />
            <div className="import-scroll">
                <div className="import-run">
                    {problem && <ErrorSummary key={begin.submittedAt} title={problem.title} detail={problem.detail} items={faultItems(begin.error)} />}
                    {!problem && !done && <Progress label={t`Probando cada fila, sin guardar nada`} value={shown?.checked ?? 0} max={shown?.rows || (draft.rows ?? 1)} right={shown ? t`${shown.checked} de ${draft.rows ?? shown.rows}` : undefined} />}
                    {done && (!problem || shown.problem?.code === "rows_refused") && <Tried draft={draft} preview={shown} />}
                </div>
            </div>
            <StartBar draft={draft} preview={done && !problem ? shown : undefined} refused={shown?.problem?.code === "rows_refused"} onColumns={onColumns} />
        </>
    );
}

function Tried({ draft, preview }: { draft: Draft; preview: Preview }) {
    const { t } = useLingui();
    const { data: fields = [] } = useQuery(fieldsQuery(draft.makes));
    const faults = grouped(preview.faults);
    const saving = useMutation({ mutationFn: () => download({ id: preview.run, file_name: draft.file.name }, "refused.xlsx", t`rechazadas`) });
    return (
        <>
            <Figures counts={preview} would />
            {preview.withdrawals && preview.withdrawals.unlisted > 0 && (
                <Note kind={preview.withdrawals.needs_yes ? "late" : "wait"}>
                    {preview.withdrawals.parent
                        ? plural(preview.withdrawals.unlisted, { one: `# que el archivo ya no trae se moverá dentro de «${preview.withdrawals.parent}».`, other: `# que el archivo ya no trae se moverán dentro de «${preview.withdrawals.parent}».` })
                        : draft.makes === "tasks"
                        ? plural(preview.withdrawals.unlisted, { one: "# tarea que el archivo ya no trae se retirará.", other: "# tareas que el archivo ya no trae se retirarán." })
                        : plural(preview.withdrawals.unlisted, { one: "# que el archivo ya no trae quedará fuera de uso.", other: "# que el archivo ya no trae quedarán fuera de uso." })}
                </Note>
            )}
            {faults.length > 0 && (
                <section className="stack">
                    <div className="row row-wrap">
                        <h2>{plural(preview.refused, { one: "# fila no entrará", other: "# filas no entrarán" })}</h2>
                        <span className="grow" />
                        <Button small icon={Download} pending={saving.isPending} onPress={() => saving.mutate()}>
                            <Trans>Descargar las rechazadas</Trans>
                        </Button>
                    </div>
                    {saving.isError && <Note kind="refused" alert>{refusalOf(saving.error).problem.detail}</Note>}
                    <ul className="card refusals" aria-label={t`Por qué`}>
                        {faults.slice(0, SHOWN).map((fault) => (
                            <li key={fault.cell + fault.message}>
                                <CircleX size={14} aria-hidden />
                                <b>{fault.cell}</b>
                                <span dir="auto">
                                    {fault.heading && <span className="dim">{fault.heading} · </span>}
                                    {fault.message}
                                </span>
                                <small>{plural(fault.rows, { one: "# fila", other: "# filas" })}</small>
                            </li>
                        ))}
                    </ul>
                    {preview.refused > preview.faults.length && <small>{t`Se muestran los primeros motivos; el archivo de rechazadas los trae todos.`}</small>}
                </section>
            )}
            {preview.first.length > 0 && (
                <section className="stack">
                    <h2>
                        <Trans>Las primeras filas</Trans>
                    </h2>
                    <ul className="card firsts" aria-label={t`Las primeras filas`}>
                        {preview.first.map((row) => (
                            <li key={row.row}>
                                <div className="first-head">
                                    <b>{t`Fila ${row.row}`}</b>
                                    <OutcomeMark outcome={row.outcome} would />
                                </div>
                                <dl>
                                    {row.changes.map((change) => (
                                        <div key={change.field}>
                                            <dt>{fieldLabel(fields, change.field)}</dt>
                                            <dd dir="auto">
                                                <Changed change={change} />
                                            </dd>
                                        </div>
                                    ))}
                                </dl>
                            </li>
                        ))}
                    </ul>
                </section>
            )}
        </>
    );
}

function StartBar({ draft, preview, refused, onColumns }: { draft: Draft; preview?: Preview; refused: boolean; onColumns: () => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const { permission, permissionName } = useMakesOf(draft.makes);
    const may = useMay(permission);
    const [yes, setYes] = useState(false);
    const gone = preview?.withdrawals;
    const [again, setAgain] = useState(false);
    const [once] = useState(idempotencyKey);
    const before = useQuery(latestRunsQuery()).data;
    const same = before?.find((run) => run.file_hash === draft.file.hash && run.state === "done");
    const starting = useMutation({
        mutationFn: async () => (await answer(api.POST("/v1/imports/drafts/{draft}/start", { params: { path: { draft: draft.id }, header: once }, body: { again, confirm_withdrawals: yes ? gone?.unlisted : undefined } }))) as Run & { repeated?: boolean },
        onSuccess: async (run) => {
            if (run.repeated) say(t`Ese archivo ya se había importado así: no se hizo nada nuevo`);
            await queries.invalidateQueries({ queryKey: draftQuery(draft.id).queryKey });
            void queries.invalidateQueries({ queryKey: ["imports"] });
        },
    });
    const count = preview ? preview.created + preview.updated + (gone?.unlisted ?? 0) : 0;
    const reason = !may ? t`Su perfil necesita «${permissionName}».` : refused ? t`Hay filas rechazadas y la planilla pide todas o ninguna.` : !preview ? t`Espere la vista previa.` : count === 0 ? t`Ninguna fila crea ni cambia nada.` : undefined;
    const act = preview && preview.created + preview.updated > 0 ? plural(preview.created + preview.updated, { one: "Importar # fila", other: "Importar # filas" }) : t`Importar`;
    useActions([{ id: "import-start", label: t`Importar`, reason, run: () => starting.mutate() }]);
    return (
        <div className="import-sum">
            <Button icon={ArrowLeft} onPress={onColumns}>
                <Trans>Columnas</Trans>
            </Button>
            {same && (
                <Checkbox selected={again} onChange={setAgain} help={<SameBefore run={same} when={format.moment(same.created_at)} />}>
                    <Trans>Importarlo otra vez</Trans>
                </Checkbox>
            )}
            {gone?.needs_yes && gone.unlisted > 0 && (
                <Checkbox selected={yes} onChange={setYes} help={t`Es más de la décima parte de ${gone.managed}. Sin este sí se importan las filas y se vuelve a preguntar.`}>
                    {gone.parent ? plural(gone.unlisted, { one: "Mover también #", other: "Mover también #" }) : draft.makes === "tasks" ? plural(gone.unlisted, { one: "Retirar también # tarea", other: "Retirar también # tareas" }) : plural(gone.unlisted, { one: "Dejar también # fuera de uso", other: "Dejar también # fuera de uso" })}
                </Checkbox>
            )}
            <span className="grow" />
            {starting.isError && (
                <span className="err" role="alert">
                    <CircleX size={14} aria-hidden />
                    <span>{refusalOf(starting.error).problem.detail}</span>
                </span>
            )}
            <Button look="primary" icon={Play} reason={reason} showReason pending={starting.isPending} onPress={() => starting.mutate()}>
                {act}
            </Button>
        </div>
    );
}

function SameBefore({ run, when }: { run: Run; when: string }) {
    return (
        <Trans>
            Este mismo archivo{" "}
            <Link to="/integraciones/historial/$import" params={{ import: run.id }} className="link">
                ya se importó ({when})
            </Link>
            .
        </Trans>
    );
}
