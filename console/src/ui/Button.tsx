// A button says what it does in the infinitive; one that cannot be used now stays in its place and says why.
import { Info, type LucideIcon } from "lucide-react";
import { type ReactNode, type Ref, useId } from "react";
import { Button as AriaButton } from "react-aria-components";

type Look = "plain" | "primary" | "quiet";

export type ButtonProps = {
    children: ReactNode;
    icon?: LucideIcon;
    look?: Look;
    small?: boolean;
    wide?: boolean;
    /** The key that does the same, shown inside. */
    keyName?: string;
    /** Why it cannot be used now. Without a reason a button is never disabled. */
    reason?: string;
    /** Shows the reason beside the button instead of on hover and focus alone. */
    showReason?: boolean;
    pending?: boolean;
    type?: "button" | "submit";
    form?: string;
    onPress?: () => void;
    ref?: Ref<HTMLButtonElement>;
    slot?: string;
    autoFocus?: boolean;
    className?: string;
};

export function Button(props: ButtonProps) {
    const { children, icon: Icon, look = "plain", small, wide, keyName, reason, showReason, pending } = props;
    const why = useId();
    const classes = ["btn"];
    if (look !== "plain") classes.push(`btn-${look}`);
    if (small) classes.push("btn-s");
    if (wide) classes.push("btn-wide");
    if (props.className) classes.push(props.className);
    const cannot = reason !== undefined;
    const button = (
        <AriaButton
            ref={props.ref}
            className={classes.join(" ")}
            type={cannot || pending ? "button" : props.type}
            form={props.form}
            slot={props.slot}
            autoFocus={props.autoFocus}
            aria-describedby={cannot ? why : undefined}
            onPress={cannot || pending ? undefined : props.onPress}
            render={(dom) => <button {...dom} aria-disabled={cannot || pending || undefined} aria-busy={pending || undefined} title={cannot ? reason : undefined} />}
        >
            {Icon && <Icon size={small ? 14 : 16} aria-hidden />}
            {children}
            {keyName && <kbd aria-hidden>{keyName}</kbd>}
        </AriaButton>
    );
    if (!cannot) return button;
    return (
        <span className="btn-why">
            {button}
            <span id={why} className={showReason ? "why" : "hidden-text"}>
                {showReason && <Info size={14} aria-hidden />}
                {reason}
            </span>
        </span>
    );
}

/** A button without a word on it, for close, more and step; its name is what assistive technology reads. */
export function IconButton({
    name,
    icon: Icon,
    small,
    onPress,
    look = "quiet",
    ...rest
}: {
    name: string;
    icon: LucideIcon;
    small?: boolean;
    look?: Look;
    onPress?: () => void;
    slot?: string;
    "aria-expanded"?: boolean;
    "aria-pressed"?: boolean;
    ref?: Ref<HTMLButtonElement>;
}) {
    const classes = `btn btn-icon${look === "plain" ? "" : ` btn-${look}`}${small ? " btn-s" : ""}`;
    return (
        <AriaButton {...rest} className={classes} aria-label={name} onPress={onPress} render={(dom) => <button {...dom} title={name} />}>
            <Icon size={16} aria-hidden />
        </AriaButton>
    );
}
