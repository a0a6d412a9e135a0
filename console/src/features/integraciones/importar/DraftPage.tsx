// A file on its way: how it is read, what its columns fill, what it would do, what it did. Its address keeps it over a reload.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { FileUp } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton, FileTrigger } from "react-aria-components";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { Page } from "~/app/frame/Page";
import { queries } from "~/app/queries";
import { EmptyState, Note, Progress } from "~/ui";
import { runQuery } from "../historial/queries";
import { RunState } from "../historial/words";
import { RunView } from "../historial/RunView";
import { ColumnsStep } from "./ColumnsStep";
import { FileBar } from "./FileBar";
import { useMakesOf } from "./makes";
import { PreviewStep } from "./PreviewStep";
import { type Draft, draftQuery, uploadRest } from "./queries";
import { ToReceived } from "./ToReceived";
import { Steps } from "./Steps";
import type { Step } from "./routes";
import "./importar.css";

const route = getRouteApi("/integraciones/importar/$draft");

export function DraftPage() {
    const { t } = useLingui();
    const { draft: id } = route.useParams();
    const { paso } = route.useSearch();
    const navigate = route.useNavigate();
    const draft = useSuspenseQuery(draftQuery(id)).data;
    const go = (step: Step) => void navigate({ search: step === "columnas" ? {} : { paso: step } });
    const at = draft.state === "started" ? 4 : draft.state !== "ready" ? 1 : paso === "vista" && draft.can_start ? 3 : 2;
    return (
        <Page section={t`Integraciones`} title={t`Importar`} bar={<Steps at={at} onStep={(step) => go(step === 2 ? "columnas" : "vista")} />} className="page-fill import">
            {at === 4 && <Started draft={draft} />}
            {at === 1 && (draft.state === "uploading" ? <Uploading draft={draft} /> : <Unreadable draft={draft} />)}
            {at === 2 && <ColumnsStep draft={draft} onPreview={() => go("vista")} />}
            {at === 3 && <PreviewStep draft={draft} onColumns={() => go("columnas")} />}
        </Page>
    );
}

function Started({ draft }: { draft: Draft }) {
    const { t } = useLingui();
    const makes = useMakesOf(draft.makes);
    const asked = useQuery({ ...runQuery(draft.run ?? ""), enabled: !!draft.run });
    if (!draft.run) return null;
    return (
        <div className="import-scroll">
            <FileBar draft={draft} fixed />
            <div className="import-run">
                {asked.data && (
                    <div className="row">
                        <RunState run={asked.data} pill />
                    </div>
                )}
                {asked.data && <RunView run={asked.data} />}
                {asked.isError && <Note kind="refused">{refusalOf(asked.error).problem.detail}</Note>}
                <div className="form-acts">
                    <Link to="/integraciones/historial/$import" params={{ import: draft.run }} className="btn">
                        <Trans>Ver cada fila</Trans>
                    </Link>
                    <Link to={makes.page} className="btn">
                        {makes.goThere}
                    </Link>
                    {draft.received_file ? (
                        <ToReceived file={draft.received_file} />
                    ) : (
                        <Link to="/integraciones/importar" className="btn" aria-label={t`Importar otro archivo`}>
                            <Trans>Importar otro archivo</Trans>
                        </Link>
                    )}
                </div>
            </div>
        </div>
    );
}

/** The upload was cut; the same file goes on where it stopped. */
function Uploading({ draft }: { draft: Draft }) {
    const { t } = useLingui();
    const format = useFormat();
    const [received, setReceived] = useState(draft.file.received_bytes);
    const [other, setOther] = useState(false);
    const sending = useMutation({
        mutationFn: (file: File) => uploadRest(draft, file, setReceived),
        onSuccess: (done) => void queries.setQueryData(draftQuery(draft.id).queryKey, done),
    });
    const choose = (file: File | undefined) => {
        if (!file) return;
        setOther(file.size !== draft.file.size_bytes);
        if (file.size === draft.file.size_bytes) sending.mutate(file);
    };
    return (
        <div className="import-run">
            <Progress label={t`«${draft.file.name}» está a medio subir`} value={received} max={draft.file.size_bytes} right={t`${format.bytes(received)} de ${format.bytes(draft.file.size_bytes)}`}>
                <small>
                    <Trans>Elija el mismo archivo: sigue donde quedó.</Trans>
                </small>
            </Progress>
            {other && <Note kind="refused" alert>{t`Ese es otro archivo: el que se empezó a subir mide ${format.bytes(draft.file.size_bytes)}.`}</Note>}
            {sending.isError && <Note kind="refused" alert>{refusalOf(sending.error).problem.detail}</Note>}
            <div className="form-acts">
                <FileTrigger onSelect={(files) => choose(files?.[0])}>
                    <AriaButton className="btn btn-primary" isDisabled={sending.isPending}>
                        <FileUp size={16} aria-hidden />
                        <Trans>Elegir el archivo…</Trans>
                    </AriaButton>
                </FileTrigger>
                <Link to="/integraciones/importar" className="btn">
                    <Trans>Empezar con otro</Trans>
                </Link>
            </div>
        </div>
    );
}

function Unreadable({ draft }: { draft: Draft }) {
    const { t } = useLingui();
    return (
        <EmptyState
            title={draft.problem?.title ?? t`El archivo no se puede leer`}
            acts={
                draft.received_file ? (
                    <ToReceived file={draft.received_file} />
                ) : (
                    <Link to="/integraciones/importar" className="btn btn-primary">
                        <Trans>Elegir otro archivo</Trans>
                    </Link>
                )
            }
        >
            «{draft.file.name}»: {draft.problem?.detail}
        </EmptyState>
    );
}
