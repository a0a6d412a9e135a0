// The session ended while a page was open: the page stays, with all that was typed, until the password was given again.
import { useLingui } from "@lingui/react/macro";
import { Trans } from "@lingui/react/macro";
import { Dialog } from "~/ui";
import { SignInForm } from "./SignInForm";
import type { Who } from ".";
import "./sign-in.css";

export function SignInAgain({ who }: { who: Who }) {
    const { t } = useLingui();
    const { name } = who;
    return (
        <Dialog title={t`Su sesión terminó`} open fixed onClose={() => {}}>
            <div className="again">
                <p>
                    <Trans>Lo que estaba escrito en la página sigue ahí. Entre de nuevo como {name} para seguir.</Trans>
                </p>
                <SignInForm known={who.login ?? ""} />
            </div>
        </Dialog>
    );
}
