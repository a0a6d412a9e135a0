// The frame of the three pages of web services.
import { useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Page } from "~/app/frame/Page";
import { PageTabs } from "~/app/frame/PageTabs";
import { useMay } from "~/app/session";
import { ADDRESSES, CALLS, KEYS } from "./routes";
import "../services.css";

export function ServicesPage({ children, primary }: { children: ReactNode; primary?: ReactNode }) {
    const { t } = useLingui();
    const parts = [...(useMay("manage_keys") ? [{ to: KEYS, label: t`Claves` }] : []), ...(useMay("view_calls") ? [{ to: CALLS, label: t`Llamadas` }] : []), { to: ADDRESSES, label: t`Direcciones` }];
    return (
        <Page section={t`Integraciones`} title={t`Servicios web`} className="page-fill" primary={primary}>
            <PageTabs label={t`Servicios web`} parts={parts} />
            {children}
        </Page>
    );
}
