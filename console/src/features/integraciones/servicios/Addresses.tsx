// Where other systems call, and where it is written how.
import { Trans, useLingui } from "@lingui/react/macro";
import { BookOpen, FileJson } from "lucide-react";
import { CopyValue } from "~/ui";
import { ServicesPage } from "./ServicesPage";

export function Addresses() {
    const { t, i18n } = useLingui();
    const origin = location.origin;
    const reference = i18n.locale === "en" ? "/reference" : "/referencia";
    return (
        <ServicesPage>
            <div className="page-text services-text">
                <section>
                    <h2>REST</h2>
                    <p>
                        <Trans>Cada llamada lleva el secreto de una clave en la cabecera Authorization.</Trans>
                    </p>
                    <CopyValue label={t`Dirección de la API`} value={`${origin}/v1`} />
                    <CopyValue label={t`Para probar desde una terminal`} value={`curl -H "Authorization: Bearer SECRETO" ${origin}/v1/tasks?limit=1`} />
                    <p>
                        <a className="link" href="/v1/openapi.json" target="_blank" rel="noreferrer">
                            <FileJson size={14} aria-hidden /> <Trans>Descripción OpenAPI</Trans>
                        </a>
                    </p>
                </section>
                <section>
                    <h2>SOAP</h2>
                    <p>
                        <Trans>Con el usuario y la contraseña de una clave. Los métodos y códigos son los de OfficeTrack: un programa que ya los llama cambia solo la dirección.</Trans>
                    </p>
                    <CopyValue label={t`WSDL de los servicios (parámetros con tipo)`} value={`${origin}/services/webservices.asmx?wsdl`} />
                    <CopyValue label={t`WSDL de la primera generación (un documento XML)`} value={`${origin}/services/TaskManagement.asmx?wsdl`} />
                </section>
                <section>
                    <h2>
                        <Trans>Referencia</Trans>
                    </h2>
                    <p>
                        <a className="link" href={reference} target="_blank" rel="noreferrer">
                            <BookOpen size={14} aria-hidden /> <Trans>Todo lo que se puede llamar, con ejemplos, errores y notificaciones</Trans>
                        </a>
                    </p>
                </section>
            </div>
        </ServicesPage>
    );
}
