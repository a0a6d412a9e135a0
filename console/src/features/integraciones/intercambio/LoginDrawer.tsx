// One log-in: for what, from where, with which SSH keys, and its folders.
import { Trans, useLingui } from "@lingui/react/macro";
import { LockOpen, Trash2 } from "lucide-react";
import { useState } from "react";
import { refusalOf } from "~/api/problem";
import { useFormat } from "~/app/format";
import { queries } from "~/app/queries";
import { useFinalRemoval } from "~/app/removal";
import { Button, Confirm, Drawer, ErrorSummary, KeyValues, Note } from "~/ui";
import { purposesOf } from "./Logins";
import { type KeyedLogin, removeLogin } from "./queries";

export function LoginDrawer({ login, onClose }: { login: KeyedLogin; onClose: () => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const [removing, setRemoving] = useState(false);
    const removal = useFinalRemoval({ remove: () => removeLogin(login.key.id, login.id), said: t`«${login.login}» ya no entra`, again: () => queries.invalidateQueries({ queryKey: ["keys", "logins"] }), onGone: onClose, onSettled: () => setRemoving(false) });
    const problem = removal.error ? refusalOf(removal.error).problem : undefined;
    return (
        <Drawer
            subject={login.id}
            title={login.login}
            top={<span className="id">{login.key.name}</span>}
            onClose={onClose}
            head={
                <div className="dr-acts">
                    <Button small icon={Trash2} onPress={() => setRemoving(true)}>
                        <Trans>Quitar el acceso…</Trans>
                    </Button>
                </div>
            }
        >
            {problem && <ErrorSummary key={removal.submittedAt} title={problem.title} detail={problem.detail} />}
            {login.plain_ftp && (
                <Note kind="late" icon={LockOpen}>
                    <Trans>Entra sin cifrar: la contraseña y los archivos los puede leer quien esté en medio. Cámbielo por FTPS o SFTP en cuanto el programa lo permita.</Trans>
                </Note>
            )}
            <KeyValues
                facts={[
                    [t`Para`, purposesOf(login)],
                    [t`Desde`, login.networks?.length ? login.networks.join(", ") : login.key.networks?.length ? login.key.networks.join(", ") : t`Cualquier red`],
                    [t`Contraseña`, login.has_password ? t`Tiene` : t`No tiene`],
                    [t`Último uso`, login.used_at ? [format.moment(login.used_at), login.used_from].filter(Boolean).join(" · ") : t`Nunca`],
                    [t`Hecho`, format.date(login.created_at)],
                ]}
            />
            {login.ssh_keys.length > 0 && (
                <>
                    <div className="dr-sec">
                        <h3>
                            <Trans>Claves SSH</Trans>
                        </h3>
                    </div>
                    <ul className="deliveries">
                        {login.ssh_keys.map((key) => (
                            <li key={key.id}>
                                <code>{key.fingerprint}</code>
                                <small>{[key.comment, format.date(key.created_at)].filter(Boolean).join(" · ")}</small>
                            </li>
                        ))}
                    </ul>
                </>
            )}
            <div className="dr-sec">
                <h3>
                    <Trans>Sus carpetas</Trans>
                </h3>
            </div>
            <p>
                <Trans>Todos los accesos de una clave ven las mismas.</Trans>
            </p>
            <KeyValues
                facts={[
                    ["in", t`Aquí deja los archivos que Campo importa.`],
                    ["done", t`Lo importado, con su resultado al lado.`],
                    ["errors", t`Lo que no se pudo, con la causa y las filas rechazadas.`],
                    ["out", t`Aquí recoge lo que Campo exporta.`],
                ]}
            />
            {removing && (
                <Confirm title={t`¿Quitar el acceso «${login.login}»?`} act={t`Quitar el acceso`} pending={removal.isPending} onAct={() => removal.mutate()} onClose={() => setRemoving(false)}>
                    <p>
                        <Trans>Su sistema queda fuera enseguida. Los archivos se quedan. No se puede deshacer.</Trans>
                    </p>
                </Confirm>
            )}
        </Drawer>
    );
}
