// Their columns on the left, our fields on the right; beside it saving as a template, below what it would do.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { ArrowRight, CircleQuestionMark, ListFilter, Plus } from "lucide-react";
import { useState } from "react";
import { faultItems, Refusal, refusalOf } from "~/api/problem";
import { useActions } from "~/app/actions";
import { useMay } from "~/app/session";
import { Button, ErrorSummary, Note } from "~/ui";
import { Figures } from "../historial/Figures";
import { ColumnRow } from "./ColumnRow";
import { Constants } from "./Constants";
import { FileBar } from "./FileBar";
import { useMakesOf } from "./makes";
import { filledBy, sureness } from "./model";
import { Options } from "./Options";
import { type Draft, fieldsQuery, previewQuery } from "./queries";
import { reasonNot } from "./reason";
import { SavePanel } from "./SavePanel";
import { type DraftChange, useDraftChange } from "./useDraftChange";
import { WhichTable } from "./WhichTable";

export function ColumnsStep({ draft, onPreview }: { draft: Draft; onPreview: () => void }) {
    const { t } = useLingui();
    const change = useDraftChange(draft);
    const fields = useSuspenseQuery(fieldsQuery(draft.makes)).data;
    const tried = useQuery(previewQuery(draft.id)).data;
    const [doubtful, setDoubtful] = useState(false);
    const [adding, setAdding] = useState(false);
    const columns = draft.columns ?? [];
    const questions = draft.questions ?? [];
    const shown = doubtful ? columns.filter((one) => sureness(one, draft).level < 3) : columns;
    const taken = filledBy(columns);
    const why = reasonNot(draft);
    const problem = change.error ? refusalOf(change.error).problem : undefined;
    useActions([{ id: "import-preview", key: "V", label: t`Vista previa de la importación`, reason: why, run: onPreview }]);
    return (
        <>
            <FileBar draft={draft} change={change} />
            <div className="import-body">
                <section className="import-columns" aria-label={t`Columnas`}>
                    <div className="pane-head">
                        <h2>
                            <Trans>Columnas</Trans>
                        </h2>
                        <span className="dim">{plural(columns.length, { one: "# columna", other: "# columnas" })}</span>
                        {questions.length > 0 && <b className="asks">{plural(questions.length, { one: "# pregunta por responder", other: "# preguntas por responder" })}</b>}
                        <span className="grow" />
                        <Button small look="quiet" icon={Plus} onPress={() => setAdding(true)}>
                            <Trans>Valor fijo</Trans>
                        </Button>
                        <Button small look="quiet" icon={ListFilter} onPress={() => setDoubtful(!doubtful)}>
                            {doubtful ? <Trans>Todas</Trans> : <Trans>Solo lo dudoso</Trans>}
                        </Button>
                    </div>
                    {problem && (
                        <div className="import-note">
                            {change.error instanceof Refusal && change.error.problem.code === "version_mismatch" ? (
                                <Note kind="wait" alert>
                                    <Trans>Alguien más cambió este borrador. Aquí está como quedó; repita el cambio si hace falta.</Trans>
                                </Note>
                            ) : (
                                <ErrorSummary key={change.submittedAt} title={problem.title} detail={problem.detail} items={faultItems(change.error)} />
                            )}
                        </div>
                    )}
                    <Nearly draft={draft} change={change} />
                    <Warnings draft={draft} />
                    {draft.makes === "catalogue_items" && <WhichTable key={draft.constants.table ?? ""} draft={draft} change={change} column={taken.get("table")} />}
                    <div className="map-head" aria-hidden>
                        <span />
                        <span>
                            <Trans>Su columna y tres valores</Trans>
                        </span>
                        <span>
                            <Trans>Nuestro campo, por qué y con qué seguridad</Trans>
                        </span>
                    </div>
                    <ul className="map-rows" aria-label={t`Columnas del archivo`}>
                        {shown.map((column) => (
                            <ColumnRow key={column.letter} column={column} draft={draft} fields={fields} taken={taken} change={change} faults={tried?.is_current ? tried.faults.filter((fault) => fault.column === column.letter) : []} />
                        ))}
                    </ul>
                    {doubtful && shown.length === 0 && (
                        <p className="import-note dim">
                            <Trans>Ninguna columna deja dudas.</Trans>
                        </p>
                    )}
                    <Constants draft={draft} fields={fields} change={change} taken={taken} adding={adding} onAdding={setAdding} />
                    <Options draft={draft} fields={fields} change={change} />
                </section>
                <SavePanel draft={draft} />
            </div>
            <div className="import-sum">
                {tried?.is_current && tried.state === "done" ? <Figures counts={tried} would /> : <span className="dim">{plural(draft.rows ?? 0, { one: "# fila por revisar", other: "# filas por revisar" })}</span>}
                <span className="grow" />
                {why && (
                    <span className="st st-wait why">
                        <CircleQuestionMark size={14} aria-hidden />
                        {why}
                    </span>
                )}
                <Button look="primary" icon={ArrowRight} keyName="V" reason={why} pending={change.isPending} onPress={onPreview}>
                    <Trans>Vista previa</Trans>
                </Button>
            </div>
        </>
    );
}

/** What a template that nearly fits calls otherwise, and the way to take the file's own columns. */
function Nearly({ draft, change }: { draft: Draft; change: DraftChange }) {
    const differs = draft.template?.differs ?? [];
    if (differs.length === 0) return null;
    return (
        <div className="import-note">
            <Note kind="wait">
                <b>
                    <Trans>La planilla casi encaja en este archivo.</Trans>
                </b>
                <ul>
                    {differs.map((one) => (
                        <li key={one.heading}>{one.message}</li>
                    ))}
                </ul>
                {differs.every((one) => one.column) && (
                    <Button small pending={change.isPending} onPress={() => change.mutate({ fit: true })}>
                        <Trans>Usar las columnas parecidas</Trans>
                    </Button>
                )}
            </Note>
        </div>
    );
}

function Warnings({ draft }: { draft: Draft }) {
    const { t } = useLingui();
    const { many, permission, permissionName } = useMakesOf(draft.makes);
    const may = useMay(permission);
    const warnings = draft.warnings ?? [];
    const leftOut = draft.left_out ?? [];
    if (warnings.length === 0 && leftOut.length === 0 && may) return null;
    return (
        <div className="import-note stack">
            {!may && <Note kind="wait">{t`Para importar esto (${many}) su perfil necesita «${permissionName}». Puede preparar y guardar la planilla.`}</Note>}
            {warnings.map((warning) => (
                <Note key={`${warning.code}-${warning.column ?? ""}`} kind="wait">
                    {warning.column && <b>{t`Columna ${warning.column}.`} </b>}
                    {warning.message}
                </Note>
            ))}
            {leftOut.length > 0 && (
                <Note>
                    {t`No son datos y quedan fuera:`} {leftOut.map((one) => t`fila ${one.row} (${one.message})`).join("; ")}
                </Note>
            )}
        </div>
    );
}
