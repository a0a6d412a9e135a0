// What the customer needs to send files, beside the template that reads them, and the last ones that came.
import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Download, Radio } from "lucide-react";
import { answer, api } from "~/api/client";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { save } from "~/app/save";
import { useMay } from "~/app/session";
import { Button, Note } from "~/ui";
import { loginsQuery } from "../intercambio/queries";
import { CopyRow } from "./Copy";
import { isText, sampleName } from "./model";
import type { Intake } from "./queries";

/** Where and how files are brought, as the server listens now. */
const doorsQuery = () => ({ queryKey: ["transfers", "doors"], queryFn: () => answer(api.GET("/v1/file-exchange")), staleTime: 60_000 });

const receivedQuery = (intake: string) => ({
    queryKey: ["received", "of", intake],
    queryFn: async () => (await answer(api.GET("/v1/received-files", { params: { query: { intake, limit: 3 } } }))).items,
});

/** A file with the headings of the template, which the intake takes. */
async function sampleOf({ template, pattern }: Intake): Promise<Blob> {
    const params = { path: { template } };
    const asked = isText(pattern) ? api.GET("/v1/import-templates/{template}/sample.csv", { params, parseAs: "blob" }) : api.GET("/v1/import-templates/{template}/sample.xlsx", { params, parseAs: "blob" });
    return (await answer<unknown>(asked as Promise<never>)) as Blob;
}

export function Exchange({ intake, sample }: { intake: Intake; sample?: string }) {
    const { t } = useLingui();
    const mayKeys = useMay("manage_keys");
    const logins = useQuery({ ...loginsQuery(), enabled: mayKeys });
    const folder = intake.folder ? `/in/${intake.folder}` : "/in";
    const names = (logins.data ?? []).filter((one) => one.state === "enabled" && one.key.state === "enabled").map((one) => one.login);
    const doors = useQuery({ ...doorsQuery(), enabled: useMay("view_transfers", "manage_exchange") }).data;
    const saving = useMutation({ mutationFn: async () => save(await sampleOf(intake), sampleName(intake.pattern)) });
    const host = doors?.host ?? location.hostname;
    return (
        <section className="exchange" aria-label={t`Intercambio de archivos`}>
            <h3>
                <Trans>Lo que necesita quien envía los archivos</Trans>
            </h3>
            <dl className="card connection">
                {!doors?.on && <CopyRow label={t`Servidor`} value={host} />}
                {doors?.sftp && <CopyRow label="SFTP" value={`sftp://${host}:${doors.sftp.port}`} />}
                {doors?.sftp?.host_key_fingerprints.map((fingerprint) => <CopyRow key={fingerprint} label={t`Huella del servidor SFTP`} value={fingerprint} />)}
                {doors?.ftp && <CopyRow label={doors.ftp.plain ? t`FTP (con TLS, o sin él)` : t`FTP con TLS`} value={`ftp://${host}:${doors.ftp.port}`} />}
                {doors?.ftps && <CopyRow label={t`FTPS (TLS desde el comienzo)`} value={`ftps://${host}:${doors.ftps.port}`} />}
                {names.map((name) => (
                    <CopyRow key={name} label={t`Usuario`} value={name} />
                ))}
                <CopyRow label={t`Carpeta`} value={folder} />
                <CopyRow label={t`Archivos`} value={intake.pattern ?? "*"} />
            </dl>
            <div className="form-acts">
                <Button small icon={Download} pending={saving.isPending} onPress={() => saving.mutate()}>
                    <Trans>Archivo de ejemplo</Trans>
                </Button>
            </div>
            {saving.error && <Note kind="refused" alert>{refusalOf(saving.error).problem.detail}</Note>}
            {doors && !doors.on && <Note kind="wait">
                <Trans>
                    El puerto lo abre quien opera este servidor, con <code>sftp_listen</code> (por ejemplo <code>0.0.0.0:2222</code>), <code>ftp_listen</code> o <code>ftps_listen</code> en campo.toml. Sin ninguno de los tres no entra ningún archivo.
                </Trans>
            </Note>}
            {mayKeys && logins.data && names.length === 0 && (
                <Note kind="wait">
                    <Trans>
                        Falta un usuario: una clave con el permiso «Intercambiar archivos» y un usuario suyo, en{" "}
                        <Link to="/integraciones/intercambio" className="link">
                            Integraciones › Intercambio de archivos
                        </Link>
                        .
                    </Trans>
                </Note>
            )}
            {!mayKeys && (
                <Note>
                    <Trans>El usuario y la contraseña los da quien tiene el permiso «Administrar claves de sistemas».</Trans>
                </Note>
            )}
            <Received intake={intake} sample={sample} />
        </section>
    );
}

function Received({ intake, sample }: { intake: Intake; sample?: string }) {
    const { t } = useLingui();
    const format = useFormat();
    const may = useMay("view_transfers");
    const files = useQuery({ ...receivedQuery(intake.id), enabled: may }).data;
    if (!may || !files) return null;
    const states: Record<string, string> = { waiting: t`espera`, importing: t`se importa`, parked: t`detenido`, done: t`importado`, failed: t`no se pudo`, replaced: t`reemplazado`, dismissed: t`descartado`, unmatched: t`sin planilla` };
    return (
        <div className="received">
            <Radio size={16} aria-hidden />
            {files.length === 0 ? (
                <span>
                    <Trans>Aún no ha llegado ningún archivo. El primero aparecerá aquí en cuanto llegue.</Trans>
                    {sample && ` ${t`Sirve de ejemplo «${sample}».`}`}
                </span>
            ) : (
                <ul>
                    {files.map((file) => (
                        <li key={file.id}>
                            <b dir="auto">{file.name}</b> · {format.moment(file.received_at)} · {states[file.state] ?? file.state}
                        </li>
                    ))}
                </ul>
            )}
        </div>
    );
}
