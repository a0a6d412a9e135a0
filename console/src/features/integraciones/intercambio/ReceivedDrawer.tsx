// One file that came: why it stands where it stands, its import, and what a person can decide.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Archive, RotateCcw, Table2 } from "lucide-react";
import { useState } from "react";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { queries } from "~/app/queries";
import { useMay } from "~/app/session";
import { Button, Confirm, Drawer, ErrorSummary, KeyValues, Note, say } from "~/ui";
import { useOpenReceived } from "../importar/useOpenReceived";
import { dismissFile, type Intake, type Received, retryFile } from "./queries";
import { FileStatus } from "./Received";
import { wayLabel } from "./words";

const RETRIED = ["parked", "failed", "dismissed", "unmatched"];
const DISMISSED = ["parked", "waiting", "unmatched"];
const again = () => Promise.all([queries.invalidateQueries({ queryKey: ["received"] }), queries.invalidateQueries({ queryKey: ["notices"] })]);

export function ReceivedDrawer({ file, intake, onClose }: { file: Received; intake?: Intake; onClose: () => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const manages = useMay("manage_exchange");
    const mayImports = useMay("run_imports");
    const [asked, ask] = useState(false);
    const { opening, canOpen } = useOpenReceived(file);
    const retrying = useMutation({
        mutationFn: () => retryFile(file.id),
        onSuccess: async () => {
            say(t`«${file.name}» se importa de nuevo`);
            await again();
        },
    });
    const dismissing = useMutation({
        mutationFn: () => dismissFile(file.id),
        onSuccess: async () => {
            // The way back leads to its intake: one that fits none has no such way.
            say(t`«${file.name}» no se importa`, file.intake ? () => retrying.mutate() : undefined);
            await again();
        },
        onSettled: () => ask(false),
    });
    const failed = retrying.error ?? dismissing.error ?? opening.error;
    const problem = failed ? refusalOf(failed).problem : undefined;
    return (
        <Drawer
            subject={file.id}
            title={file.name}
            top={<FileStatus file={file} pill />}
            onClose={onClose}
            head={
                manages &&
                (RETRIED.includes(file.state) || DISMISSED.includes(file.state)) && (
                    <div className="dr-acts">
                        {canOpen && (
                            <Button small look="primary" icon={Table2} pending={opening.isPending} onPress={() => opening.mutate()}>
                                <Trans>Abrir y decidir</Trans>
                            </Button>
                        )}
                        {RETRIED.includes(file.state) && (
                            <Button small icon={RotateCcw} pending={retrying.isPending} onPress={() => retrying.mutate()}>
                                {file.state === "parked" ? <Trans>Continuar</Trans> : <Trans>Importar ahora</Trans>}
                            </Button>
                        )}
                        {DISMISSED.includes(file.state) && (
                            <Button small icon={Archive} pending={dismissing.isPending} onPress={() => (file.intake ? dismissing.mutate() : ask(true))}>
                                <Trans>No importarlo</Trans>
                            </Button>
                        )}
                    </div>
                )
            }
        >
            {problem && <ErrorSummary key={problem.request_id} title={problem.title} detail={problem.detail} />}
            {file.problem && (
                <Note kind={file.state === "parked" ? "late" : "refused"}>
                    <b>{file.problem.title}</b> {file.problem.detail}
                    {file.problem.faults && file.problem.faults.length > 0 && (
                        <ul>
                            {file.problem.faults.slice(0, 20).map((fault, place) => (
                                <li key={place}>{fault.message}</li>
                            ))}
                        </ul>
                    )}
                </Note>
            )}
            {canOpen && (
                <Note>
                    <Trans>«Abrir y decidir» muestra el archivo con la planilla de su entrada: ahí se asignan sus columnas, se responde lo que falta y se importa. Mientras tanto sigue esperando.</Trans>
                </Note>
            )}
            {file.state === "unmatched" && (
                <Note>
                    <Trans>Está guardado. Haga o corrija una entrada cuya carpeta y nombre coincidan con este archivo, y pulse «Importar ahora».</Trans>
                </Note>
            )}
            <KeyValues
                facts={[
                    [t`Carpeta`, `in/${file.folder}`],
                    [t`Entrada`, intake?.name],
                    [t`Llegó`, `${format.date(file.received_at)}, ${format.seconds(file.received_at)}`],
                    [t`Terminó`, file.finished_at && `${format.date(file.finished_at)}, ${format.seconds(file.finished_at)}`],
                    [t`Por`, wayLabel(file.way)],
                    [t`Tamaño`, format.bytes(file.size_bytes)],
                    ["SHA-256", <code key="hash">{file.hash}</code>],
                ]}
            />
            {asked && (
                <Confirm title={t`¿No importar «${file.name}»?`} act={t`No importarlo`} pending={dismissing.isPending} onAct={() => dismissing.mutate()} onClose={() => ask(false)}>
                    <p>
                        <Trans>Ninguna entrada lo espera, así que no se puede deshacer mientras no haya una.</Trans>
                    </p>
                </Confirm>
            )}
            {file.import && mayImports && (
                <p>
                    <Link to={`/integraciones/historial/${file.import}` as never} className="link">
                        <Trans>Ver su importación, fila por fila</Trans>
                    </Link>
                </p>
            )}
        </Drawer>
    );
}
