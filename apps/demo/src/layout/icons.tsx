import type { ReactNode } from 'react';

function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export function CloseIcon() {
  return (
    <Icon>
      <path d="M6 6l12 12M18 6 6 18" />
    </Icon>
  );
}

export function SendIcon() {
  return (
    <Icon>
      <path d="M12 19V5M5.5 11.5 12 5l6.5 6.5" />
    </Icon>
  );
}

export function StopIcon() {
  return (
    <Icon>
      <rect x="6" y="6" width="12" height="12" rx="2.5" fill="currentColor" />
    </Icon>
  );
}

export function NewChatIcon() {
  return (
    <Icon>
      <path d="M12 5H7a3 3 0 0 0-3 3v9a3 3 0 0 0 3 3h9a3 3 0 0 0 3-3v-5" />
      <path d="M10 14l.6-3L18 3.6a1.7 1.7 0 0 1 2.4 2.4L13 13.4z" />
    </Icon>
  );
}

export function SettingsIcon() {
  return (
    <Icon>
      <path d="M4 7h9M19 7h1M4 17h1M11 17h9" />
      <circle cx="16" cy="7" r="2.5" />
      <circle cx="8" cy="17" r="2.5" />
    </Icon>
  );
}

export function SunIcon() {
  return (
    <Icon>
      <circle cx="12" cy="12" r="4" />
      <path d="M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1" />
    </Icon>
  );
}

export function MoonIcon() {
  return (
    <Icon>
      <path d="M20 14.2A8 8 0 0 1 9.8 4 8 8 0 1 0 20 14.2z" />
    </Icon>
  );
}

export function CopyIcon() {
  return (
    <Icon>
      <rect x="9" y="9" width="11" height="11" rx="2.5" />
      <path d="M15 6V5.5A1.5 1.5 0 0 0 13.5 4h-8A1.5 1.5 0 0 0 4 5.5v8A1.5 1.5 0 0 0 5.5 15H6" />
    </Icon>
  );
}

export function CheckIcon() {
  return (
    <Icon>
      <path d="M5 12.5l4.5 4.5L19 7.5" />
    </Icon>
  );
}

export function RetryIcon() {
  return (
    <Icon>
      <path d="M20 11a8 8 0 1 0-2 6.2M20 5v6h-6" />
    </Icon>
  );
}

export function DownIcon() {
  return (
    <Icon>
      <path d="M12 5v14M5.5 12.5 12 19l6.5-6.5" />
    </Icon>
  );
}

export function BracesIcon() {
  return (
    <Icon>
      <path d="M9 4c-3 0-3 2-3 4s0 3-2 4c2 1 2 2 2 4s0 4 3 4M15 4c3 0 3 2 3 4s0 3 2 4c-2 1-2 2-2 4s0 4-3 4" />
    </Icon>
  );
}

export function MenuIcon() {
  return (
    <Icon>
      <path d="M4 6h16M4 12h16M4 18h10" />
    </Icon>
  );
}

export function EditIcon() {
  return (
    <Icon>
      <path d="M4 20l1-4L16.5 4.5a2.1 2.1 0 0 1 3 3L8 19z" />
    </Icon>
  );
}

export function TrashIcon() {
  return (
    <Icon>
      <path d="M5 7h14M10 7V4.5h4V7M7 7l1 12.5h8L17 7" />
    </Icon>
  );
}

export function ContinueIcon() {
  return (
    <Icon>
      <path d="M5 6l7 6-7 6zM16 6v12" />
    </Icon>
  );
}

export function ExportIcon() {
  return (
    <Icon>
      <path d="M12 15V4M7.5 8.5 12 4l4.5 4.5M5 15v4h14v-4" />
    </Icon>
  );
}

export function ImportIcon() {
  return (
    <Icon>
      <path d="M12 4v11M7.5 10.5 12 15l4.5-4.5M5 15v4h14v-4" />
    </Icon>
  );
}

export function AttachIcon() {
  return (
    <Icon>
      <path d="M19 11.5l-7.2 7.2a4.2 4.2 0 0 1-6-6L13 5.5a2.8 2.8 0 0 1 4 4l-7 7a1.4 1.4 0 0 1-2-2l6.4-6.4" />
    </Icon>
  );
}

export function ThinkIcon() {
  return (
    <Icon>
      <path d="M9.5 17.5h5M10.5 20.5h3M8.5 14.5c-1.6-1.2-2.5-2.8-2.5-4.7a6 6 0 1 1 12 0c0 1.9-.9 3.5-2.5 4.7v3h-7z" />
    </Icon>
  );
}

export function ToolIcon() {
  return (
    <Icon>
      <path d="M14.5 6.5a4 4 0 0 1 5-1.2l-2.8 2.8.9 1.8 1.8.9 1.3-1.3a4 4 0 0 1-5.4 4.8L9 20.5a1.8 1.8 0 0 1-3-3l6.3-6.3a4 4 0 0 1 2.2-4.7z" />
    </Icon>
  );
}

export function ChartIcon() {
  return (
    <Icon>
      <path d="M4 19h16M7 15v-4M12 15V6M17 15V9" />
    </Icon>
  );
}

export function ChevronIcon() {
  return (
    <Icon>
      <path d="M7 10l5 5 5-5" />
    </Icon>
  );
}

export function BackIcon() {
  return (
    <Icon>
      <path d="M14 7l-5 5 5 5" />
    </Icon>
  );
}

export function ForwardIcon() {
  return (
    <Icon>
      <path d="M10 7l5 5-5 5" />
    </Icon>
  );
}

export function FileIcon() {
  return (
    <Icon>
      <path d="M7 4h7l4 4v12H7zM14 4v4h4" />
    </Icon>
  );
}

export function MoreIcon() {
  return (
    <Icon>
      <path d="M5 12h.01M12 12h.01M19 12h.01" strokeWidth="3" />
    </Icon>
  );
}
