// The frame of the six pages of the exchange of files.
import { useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Page } from "~/app/frame/Page";
import { PageTabs } from "~/app/frame/PageTabs";
import { useMay } from "~/app/session";
import { AGENTS, EXPORTS, INTAKES, LOGINS, RECEIVED, REMOTES } from "./routes";
import "../services.css";

export function ExchangePage({ children, primary }: { children: ReactNode; primary?: ReactNode }) {
    const { t } = useLingui();
    const manages = useMay("manage_exchange");
    const parts = [
        ...(useMay("view_transfers") ? [{ to: RECEIVED, label: t`Recibidos` }] : []),
        ...(manages ? [{ to: INTAKES, label: t`Entradas` }] : []),
        ...(manages ? [{ to: EXPORTS, label: t`Exportaciones` }] : []),
        ...(manages ? [{ to: REMOTES, label: t`Servidores del cliente` }, { to: AGENTS, label: t`Agentes` }] : []),
        ...(useMay("manage_keys") ? [{ to: LOGINS, label: t`Accesos` }] : []),
    ];
    return (
        <Page section={t`Integraciones`} title={t`Intercambio de archivos`} className="page-fill" primary={primary}>
            <PageTabs label={t`Intercambio de archivos`} parts={parts} />
            {children}
        </Page>
    );
}
