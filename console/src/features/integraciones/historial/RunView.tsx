// How far an import is, what became of its rows, and what can be done about it.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { Download, FileSpreadsheet, Square } from "lucide-react";
import { useEffect, useState } from "react";
import { answer, api } from "~/api/client";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { queries } from "~/app/queries";
import { Button, Confirm, Note, Progress } from "~/ui";
import { pace } from "../importar/model";
import { Figures } from "./Figures";
import { Undo } from "./Undo";
import { Withdrawals } from "./Withdrawals";
import { download, isOver, type Run, type Which } from "./queries";

export function RunView({ run }: { run: Run }) {
    const running = !isOver(run);
    const queued = run.state === "waiting";
    return (
        <div className="run">
            {running && <Running run={run} />}
            {run.problem && (
                <Note kind={run.state === "stopped" ? "wait" : "refused"}>
                    <b>{run.problem.title}</b> {run.problem.detail}
                </Note>
            )}
            {run.state === "stopped" && run.rows > 0 && (
                <Note>
                    <Trans>Lo que se alcanzó a importar queda; las filas sin importar se pueden volver a subir en el mismo archivo.</Trans>
                </Note>
            )}
            {!queued && (run.rows > 0 || run.state === "done") && <Figures counts={run} />}
            {!running && <Withdrawals run={run} />}
            {!running && <Files run={run} />}
            {!running && <Undo run={run} />}
        </div>
    );
}

function Running({ run }: { run: Run }) {
    const { t } = useLingui();
    const format = useFormat();
    const [asking, setAsking] = useState(false);
    const stopping = useMutation({
        mutationFn: () => answer(api.DELETE("/v1/imports/{import}", { params: { path: { import: run.id } } })),
        onSettled: () => {
            setAsking(false);
            return queries.invalidateQueries({ queryKey: ["imports"] });
        },
    });
    const now = useNow();
    const done = run.created + run.updated + run.unchanged + run.refused;
    const going = run.state === "applying" ? pace(done, run.rows, (now - Date.parse(run.created_at)) / 1000) : undefined;
    const left = going && (going.secondsLeft < 90 ? t`quedan ${Math.ceil(going.secondsLeft)} s` : t`quedan ${Math.ceil(going.secondsLeft / 60)} min`);
    const perSecond = going && t`${format.number(Math.round(going.perSecond))} filas por segundo`;
    const words = run.state === "waiting" ? t`En cola: empieza cuando termine la anterior` : run.state === "reading" ? t`Leyendo el archivo` : t`${format.number(done)} de ${format.number(run.rows)} filas`;
    return (
        <div className="card run-card">
            <Progress label={words} value={run.state === "applying" ? done : 0} max={run.rows} right={[perSecond, left].filter(Boolean).join(" · ")}>
                <div className="row row-wrap">
                    <small>
                        <Trans>Puede seguir en otras páginas: la importación continúa en el servidor.</Trans>
                    </small>
                    <span className="grow" />
                    <Button small icon={Square} onPress={() => setAsking(true)}>
                        <Trans>Detener…</Trans>
                    </Button>
                </div>
            </Progress>
            {stopping.isError && (
                <Note kind="refused" alert>
                    {refusalOf(stopping.error).problem.detail}
                </Note>
            )}
            {asking && (
                <Confirm title={t`¿Detener la importación?`} act={t`Detener`} pending={stopping.isPending} onAct={() => stopping.mutate()} onClose={() => setAsking(false)}>
                    <Trans>Lo que ya se importó queda. Las filas que faltan no se importan.</Trans>
                </Confirm>
            )}
        </div>
    );
}

/** The rows as files: those to correct first. */
function Files({ run }: { run: Run }) {
    const { t } = useLingui();
    const saving = useMutation({ mutationFn: ({ which, word }: { which: Which; word: string }) => download(run, which, word) });
    if (run.rows === 0) return null;
    const pending = (which: Which) => saving.isPending && saving.variables?.which === which;
    return (
        <div className="stack">
            {run.refused > 0 && (
                <Note kind="late">
                    {plural(run.refused, { one: "# fila no entró.", other: "# filas no entraron." })} <Trans>Descárguelas con el motivo de cada una, corríjalas en ese mismo archivo y súbalo: solo lleva esas filas.</Trans>
                </Note>
            )}
            <div className="form-acts">
                {run.refused > 0 && (
                    <Button icon={Download} pending={pending("refused.xlsx")} onPress={() => saving.mutate({ which: "refused.xlsx", word: t`rechazadas` })}>
                        <Trans>Descargar las rechazadas</Trans>
                    </Button>
                )}
                <Button icon={FileSpreadsheet} look={run.refused > 0 ? "quiet" : "plain"} pending={pending("outcomes.xlsx")} onPress={() => saving.mutate({ which: "outcomes.xlsx", word: t`resultados` })}>
                    <Trans>Todas las filas con su resultado</Trans>
                </Button>
            </div>
            {saving.isError && (
                <Note kind="refused" alert>
                    {refusalOf(saving.error).problem.detail}
                </Note>
            )}
        </div>
    );
}

function useNow(): number {
    const [now, setNow] = useState(Date.now);
    useEffect(() => {
        const timer = setInterval(() => setNow(Date.now()), 1000);
        return () => clearInterval(timer);
    }, []);
    return now;
}
