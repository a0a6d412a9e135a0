// The code by which a program becomes an agent, shown this once, with the file that it reads and what to do on its machine.
import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { useFormat } from "~/app/format";
import { save } from "~/app/save";
import { Button, Dialog, Note, RadioGroup, Select, TextField } from "~/ui";
import { CopyValue } from "~/ui/SecretOnce";
import { agentCommands, agentConfig, type System, usualFolders } from "./agentConfig";
import { intakeFolders } from "./FetchesField";
import { type EnrolmentCode, intakesQuery } from "./queries";

const ROOT = "/";

export function AgentSetup({ name, enrolment, onClose }: { name: string; enrolment: EnrolmentCode; onClose: () => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const intakes = useQuery(intakesQuery()).data ?? [];
    const [system, setSystem] = useState<System>("windows");
    const [folders, setFolders] = useState({ ...usualFolders("windows"), into: intakes[0]?.folder ?? "" });
    const config = agentConfig({ server: location.origin, code: enrolment.code, system, ...folders });
    const commands = agentCommands(system);
    const until = format.moment(enrolment.until);
    return (
        <Dialog
            title={t`Instalar el agente «${name}»`}
            open
            fixed
            wide
            onClose={onClose}
            foot={
                <Button look="primary" onPress={onClose}>
                    <Trans>Ya lo guardé</Trans>
                </Button>
            }
        >
            <Note kind="wait">
                <Trans>El código se muestra solo esta vez, sirve a un solo programa, y hasta {until}. Si se pierde, haga otro.</Trans>
            </Note>
            <CopyValue label={t`Código`} value={enrolment.code} />
            <RadioGroup
                label={t`La máquina de la empresa tiene`}
                options={[
                    { id: "windows", label: "Windows" },
                    { id: "linux", label: "Linux" },
                ]}
                value={system}
                onChange={(next) => {
                    setSystem(next as System);
                    setFolders({ ...folders, ...usualFolders(next as System) });
                }}
            />
            <TextField label={t`Carpeta de la que salen archivos hacia Campo`} value={folders.reads} onChange={(reads) => setFolders({ ...folders, reads })} optional help={t`Vacío: no se trae nada de allí.`} spellCheck="false" />
            {folders.reads && (
                <Select
                    label={t`Van a la entrada de`}
                    options={intakeFolders(intakes).map(({ folder, names }) => ({ id: folder || ROOT, label: ["in", folder].filter(Boolean).join("/"), detail: names.join(" · ") || t`Ninguna entrada espera archivos aquí todavía.` }))}
                    value={folders.into || ROOT}
                    onChange={(into) => setFolders({ ...folders, into: into === ROOT ? "" : into })}
                />
            )}
            <TextField label={t`Carpeta a la que llega lo que Campo exporta`} value={folders.writes} onChange={(writes) => setFolders({ ...folders, writes })} optional help={t`Vacío: no se lleva nada allí.`} spellCheck="false" />
            <h3>
                <Trans>En esa máquina</Trans>
            </h3>
            <ol className="steps-to-do">
                <li>
                    <Trans>
                        Instale el programa <code>campo-agent</code>; se lo da quien opera Campo. No necesita más que salir por HTTPS.
                    </Trans>
                </li>
                <li>
                    <Trans>Guarde allí este archivo:</Trans> <code>{system === "linux" ? "/etc/campo-agent.toml" : "C:\\ProgramData\\Campo\\campo-agent.toml"}</code>
                    <pre className="answer-text answer-long" tabIndex={0} aria-label="campo-agent.toml">
                        {config}
                    </pre>
                    <Button small icon={Download} onPress={() => save(new Blob([config], { type: "application/toml" }), "campo-agent.toml")}>
                        <Trans>Descargar campo-agent.toml</Trans>
                    </Button>
                </li>
                <li>
                    <CopyValue label={t`Compruebe que todo está bien`} value={commands.check} />
                </li>
                <li>
                    <CopyValue label={t`Déjelo andando, también después de reiniciar`} value={commands.stay} />
                </li>
            </ol>
        </Dialog>
    );
}
