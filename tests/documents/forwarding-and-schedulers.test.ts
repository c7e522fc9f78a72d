import './forwarding-and-schedulers/forwarding.ts'
import './forwarding-and-schedulers/ftp.ts'
import './forwarding-and-schedulers/schedulers.ts'
