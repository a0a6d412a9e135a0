// What somebody sees who opened the QR code in a browser: how to get the app, and what to type into it. Public: it knows
// nothing but its own address, and the code stays in the part of it that no server is sent.
import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import { Mark } from "~/app/frame/Mark";
import { speak, useLanguage } from "~/app/language";
import { Button, Note } from "~/ui";
import "./equipo.css";

const codeOf = () => decodeURIComponent(location.hash.slice(1)).trim();

export function EnrolPage() {
    const { t } = useLingui();
    const language = useLanguage();
    const [code, setCode] = useState(codeOf);
    const other = language === "es" ? "en" : "es";
    useEffect(() => {
        document.title = `${t`Inscribir este teléfono`} · Campo`;
        const changed = () => setCode(codeOf());
        addEventListener("hashchange", changed);
        return () => removeEventListener("hashchange", changed);
    });
    return (
        <main className="public">
            <div>
                <div className="brand">
                    <Mark size={32} />
                    Campo
                </div>
                <h1>
                    <Trans>Inscribir este teléfono</Trans>
                </h1>
                {code === "" && (
                    <Note kind="late">
                        <Trans>A esta dirección le falta el código. Lea otra vez el QR, o pida un código nuevo en su empresa.</Trans>
                    </Note>
                )}
                <ol>
                    <li>
                        <b>
                            <Trans>Instale la aplicación Campo</Trans>
                        </b>
                        <p>{/iPhone|iPad/.test(navigator.userAgent) ? <Trans>En un iPhone la instala su empresa, o le manda una invitación. Pídala a quien le dio este código.</Trans> : <Trans>Su empresa le da el archivo de la aplicación o le dice en qué tienda está. Pídalo a quien le dio este código.</Trans>}</p>
                    </li>
                    <li>
                        <b>
                            <Trans>Ábrala y lea el mismo QR</Trans>
                        </b>
                        <p>
                            <Trans>Toque «Leer el código» y apunte la cámara al QR con que llegó aquí.</Trans>
                        </p>
                    </li>
                    <li>
                        <b>
                            <Trans>Si la cámara no puede, escríbalo</Trans>
                        </b>
                        <dl className="typed">
                            <div>
                                <dt>
                                    <Trans>Dirección</Trans>
                                </dt>
                                <dd>{location.origin}</dd>
                            </div>
                            {code !== "" && (
                                <div>
                                    <dt>
                                        <Trans>Código</Trans>
                                    </dt>
                                    <dd>{code}</dd>
                                </div>
                            )}
                        </dl>
                    </li>
                </ol>
                <p className="dim">
                    <Trans>El código sirve una sola vez. Después, cada persona abre su turno con su propio PIN.</Trans>
                </p>
                <div>
                    <Button look="quiet" small onPress={() => void speak(other)}>
                        {other === "es" ? "Español" : "English"}
                    </Button>
                </div>
            </div>
        </main>
    );
}
