// Files that arrived and were not imported: why, and what can be done with each.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { PauseCircle, RotateCcw, Table2, X } from "lucide-react";
import { answer, api } from "~/api/client";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { queries } from "~/app/queries";
import { useMay } from "~/app/session";
import { Button, Note, say } from "~/ui";
import { useOpenReceived } from "../importar/useOpenReceived";
import { heldBackQuery, type ReceivedFile } from "./queries";

export function HeldBack() {
    const { t } = useLingui();
    const mayRead = useMay("view_transfers");
    const files = useQuery({ ...heldBackQuery(), enabled: mayRead }).data ?? [];
    if (files.length === 0) return null;
    return (
        <section className="held-back" aria-label={t`Archivos detenidos`}>
            <h2>
                <PauseCircle size={16} aria-hidden />
                {plural(files.length, { one: "# archivo que llegó está detenido", other: "# archivos que llegaron están detenidos" })}
            </h2>
            <ul>
                {files.map((file) => (
                    <HeldFile key={file.id} file={file} />
                ))}
            </ul>
        </section>
    );
}

function HeldFile({ file }: { file: ReceivedFile }) {
    const { t } = useLingui();
    const format = useFormat();
    const may = useMay("manage_exchange");
    const again = () => queries.invalidateQueries({ queryKey: ["imports"] });
    const params = { path: { file: file.id } };
    const { opening, canOpen } = useOpenReceived(file);
    const retrying = useMutation({ mutationFn: () => answer(api.POST("/v1/received-files/{file}/retry", { params })), onSuccess: again });
    const dismissing = useMutation({
        mutationFn: () => answer(api.POST("/v1/received-files/{file}/dismiss", { params })),
        onSuccess: async () => {
            await again();
            say(t`«${file.name}» no se importa`, async () => {
                await answer(api.POST("/v1/received-files/{file}/retry", { params }));
                await again();
            });
        },
    });
    const error = retrying.error ?? dismissing.error ?? opening.error;
    return (
        <li>
            <div>
                <b dir="auto">{file.name}</b> <small>{[file.folder ? `/in/${file.folder}` : "/in", format.moment(file.received_at)].join(" · ")}</small>
                <p>{file.state === "unmatched" ? t`Ninguna planilla espera un archivo con ese nombre en esa carpeta.` : (file.problem?.detail ?? t`No se pudo importar.`)}</p>
                {error && (
                    <Note kind="refused" alert>
                        {refusalOf(error).problem.detail}
                    </Note>
                )}
            </div>
            {may && (
                <div className="form-acts">
                    {canOpen && (
                        <Button small icon={Table2} pending={opening.isPending} onPress={() => opening.mutate()}>
                            <Trans>Abrir y decidir</Trans>
                        </Button>
                    )}
                    <Button small icon={RotateCcw} pending={retrying.isPending} onPress={() => retrying.mutate()}>
                        <Trans>Intentar otra vez</Trans>
                    </Button>
                    {file.state !== "failed" && (
                        <Button small look="quiet" icon={X} pending={dismissing.isPending} onPress={() => dismissing.mutate()}>
                            <Trans>No importar</Trans>
                        </Button>
                    )}
                </div>
            )}
        </li>
    );
}
